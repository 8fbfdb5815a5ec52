#!/usr/bin/env bash
# Makes the other files of this folder with Kaldi's and OpenFst's programs, which are in PATH.
set -euo pipefail
cd "$(dirname "$0")"
lang=$1 # of: stjem frontend prepare-lang --position-dependent-phones=false lexicon.txt LANG
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# of: stjem acoustic init-mono --shared-phones=LANG/phones/sets.int LANG/topo MODEL TREE
model=$2 tree=$3

arpa2fst --disambig-symbol=#0 --read-symbol-table="$lang/words.txt" lm.arpa "$work/G"
fsttablecompose "$lang/L_disambig.fst" "$work/G" "$work/LG-composed"
fstdeterminizestar --use-log=true "$work/LG-composed" "$work/LG-determinized"
fstminimizeencoded "$work/LG-determinized" "$work/LG-minimized"
fstpushspecial "$work/LG-minimized" "$work/LG"
for context in 1:0 2:1 3:1 3:2 5:2; do
  name=${context/:/-}
  fstcomposecontext --context-size="${context%:*}" --central-position="${context#*:}" \
    --read-disambig-syms="$lang/phones/disambig.int" --write-disambig-syms="$work/disambig-$name" \
    "$work/ilabels-$name" "$work/LG" "$work/CLG-$name"
done
fstarcsort "$work/CLG-1-0" "$work/CLG"
make-h-transducer --disambig-syms-out=disambig_tid.int --transition-scale=0.7 \
  "$work/ilabels-1-0" "$tree" "$model" >"$work/H"
fsttablecompose "$work/H" "$work/CLG" "$work/HCLG-composed"
fstdeterminizestar --use-log=true "$work/HCLG-composed" "$work/HCLG-determinized"
fstrmsymbols disambig_tid.int "$work/HCLG-determinized" "$work/HCLG-symbols-removed"
fstrmepslocal "$work/HCLG-symbols-removed" "$work/HCLG-epsilons-removed"
fstminimizeencoded "$work/HCLG-epsilons-removed" "$work/HCLG-minimized"
add-self-loops --self-loop-scale=0.3 --reorder=true "$model" "$work/HCLG-minimized" "$work/HCLG"

for fst in G LG-composed LG-determinized LG-minimized LG CLG-1-0 CLG-2-1 CLG-3-1 CLG-3-2 CLG-5-2 \
  HCLG-composed HCLG-determinized HCLG-symbols-removed HCLG-epsilons-removed HCLG-minimized HCLG; do
  fstprint "$work/$fst" "$fst.txt"
done
gzip -9nf HCLG*.txt CLG-5-2.txt
