#!/usr/bin/env bash
# make.sh: makes the files of this folder with Kaldi's programs, which must be on the PATH
set -euo pipefail
cd "$(dirname "$0")"
tri1=../../../../../../scripts/mini/exp/tri1
words=$tri1/graph/words.txt
lexicon=../decode-mini/align_lexicon.int
temporary=$(mktemp -d)
trap 'rm -r "$temporary"' EXIT

decode() { # LATTICE-BEAM ACOUSTIC-SCALE LATTICES
  latgen-faster-mapped --max-active=7000 --beam=15 --lattice-beam=$1 --acoustic-scale=$2 \
    $tri1/final.mdl $tri1/graph/HCLG.fst ark:../decode-mini/loglikes.ark "$3"
}
confidences() { # CTM OPTIONS LATTICES: words in place of their ids
  lattice-to-ctm-conf --confidence-digits=6 "${@:2}" "$temporary/ctm"
  awk 'NR == FNR { word[$2] = $1; next } { $5 = word[$5]; print }' $words "$temporary/ctm" > "$1"
}

decode 6 0.02 "ark,t:$temporary/all"
# The first eight lattices: an empty line ends each.
awk 'NF == 0 { n++ } n < 8 { print } n == 8 { print ""; exit }' "$temporary/all" > "$temporary/some"
gzip -9nc "$temporary/some" > lattices.gz
confidences mbr.ctm --inv-acoustic-scale=50 "ark:$temporary/some"
confidences map.ctm --inv-acoustic-scale=50 --decode-mbr=false "ark:$temporary/some"
confidences scaled.ctm --acoustic-scale=0.015 --lm-scale=0.5 \
  "ark:lattice-add-penalty --word-ins-penalty=0.7 ark:$temporary/some ark:- |"
lattice-mbr-decode --acoustic-scale=0.02 "ark:$temporary/some" ark:/dev/null ark,t:risk.txt

decode 4 0.03 "ark:$temporary/chain"
confidences chain.ctm --acoustic-scale=0.03 \
  "ark:lattice-align-words-lexicon $lexicon $tri1/final.mdl ark:$temporary/chain ark:- |"

lattice-copy ark:written.txt ark:written.bin
