# shellcheck shell=bash
# Stages of a recipe with models of two domains, their combination, word error rates and calibration;
# to be sourced after scripts/lib.sh. A recipe
#
# 1. gives 'common_option' the arguments that it does not know itself,
# 2. sets title, domains (two names), transitions (a final.mdl) and graph (a folder with HCLG.fst and
#    words.txt), and per domain name wav_base (where relative paths in wav.scp start) and
#    ali_files[train-DOMAIN], likewise dev and test (shell words: the gzipped alignments),
# 3. calls 'prepare_folders', makes the Kaldi data folders $dir/data/SET-DOMAIN, and
# 4. calls 'compute_features', 'train_models', 'evaluate_models' and 'report_results'.
#
# In $dir, what is done is not done again.

# shellcheck disable=SC2154  # root, stjem and jobs come from lib.sh, the others from the recipe

sets="train dev test"
declare -A wav_base ali_files

dir=
objectives="baseline res-jem st-jem"
seeds="1 2 3"
kaldi=
max_lmwt=17
stage=1
dry_run=
training_options=(--sample-every=8 --num-threads=1)
search_options=(--beam=15 --lattice-beam=8 --max-active=7000)

common_usage() {
  cat <<TXT
  --objectives=LIST  (default "$objectives")
  --seeds=LIST       (default "$seeds")
  --jobs=N           steps that run at once, one thread each (default: one per core)
  --kaldi-root=DIR   decode and score with Kaldi's own programs below DIR/src
  --max-lmwt=N       try language model weights from 7 to N (default $max_lmwt, as Kaldi's score.sh)
  --stage=N          1 data and features, 2 training, 3 evaluation, 4 report: begin there
  --dry-run          prove every step in minutes: a few utterances, a small network, one epoch, a
                     narrow search; the numbers mean nothing

Language model weight and word insertion penalty are chosen on dev for each system and condition,
and applied to test.
TXT
}

# common_option ARGUMENT: takes an option that all of these recipes have; fails if it is none
common_option() {
  case $1 in
    --dir=?*) dir=${1#*=} ;;
    --objectives=?*) objectives=${1#*=} ;;
    --seeds=?*) seeds=${1#*=} ;;
    --jobs=?*) jobs=${1#*=} ;;
    --kaldi-root=?*) kaldi=${1#*=} ;;
    --max-lmwt=?*) max_lmwt=${1#*=} ;;
    --stage=?*) stage=${1#*=} ;;
    --dry-run) dry_run=yes ;;
    *) return 1 ;;
  esac
}

# find_wav_base DATA-DIR FOLDER...: the first folder from which the first path in wav.scp exists. Where
# wav.scp has commands in place of paths, the current folder.
find_wav_base() {
  local data=$1 first base
  shift
  if head -n 1 "$data/wav.scp" | grep -q '|[[:space:]]*$'; then
    pwd
    return
  fi
  first=$(awk 'NR == 1 { print $2 }' "$data/wav.scp")
  for base in "$@"; do
    if (cd "$base" && [ -e "${first%:*}" ]); then
      (cd "$base" && pwd)
      return
    fi
  done
  fail "$data/wav.scp names $first, which is not found from here"
}

# prepare_folders SETTING=VALUE...: $dir and the record of how its contents came about
prepare_folders() {
  local before=
  [ -z "$kaldi" ] || [ -x "$kaldi/src/bin/latgen-faster-mapped" ] \
    || fail "$kaldi has no src/bin/latgen-faster-mapped"
  check_tools
  build
  mkdir -p "$dir"
  dir=$(cd "$dir" && pwd)
  if [ -f "$dir/config.json" ]; then
    ! grep -q '"dry-run": "yes"' "$dir/config.json" || before=yes
    [ "$before" = "$dry_run" ] \
      || fail "$dir has the results of a $([ -n "$before" ] && echo dry || echo real) run; give another --dir"
  fi
  mkdir -p "$dir"/{conf,data,feats,models,scores,log}
  printf -- '--num-mel-bins=80\n--dither=0\n' >"$dir/conf/fbank.conf"
  if [ -n "$dry_run" ]; then
    training_options+=(--num-epochs=1 --hidden-layers=64 --sgld-steps=2 --warmup-steps=20)
    search_options=(--beam=9 --lattice-beam=4 --max-active=500)
    max_lmwt=9
  fi
  write_config "$dir/config.json" "$@" "objectives=$objectives" "seeds=$seeds" "jobs=$jobs" \
    "kaldi-root=$kaldi" "features=$(tr '\n' ' ' <"$dir/conf/fbank.conf")" \
    "max-lmwt=$max_lmwt" "training=${training_options[*]}" "dry-run=${dry_run:-no}"
}

# take_data DATA-DIR SET DOMAIN: $dir/data/SET-DOMAIN, a link, or in a dry run the first utterances
take_data() {
  local from=$1 to=$dir/data/$2-$3 number=5 first=wav.scp file
  if [ -z "$dry_run" ]; then
    ln -sfn "$from" "$to"
    return
  fi
  mkdir -p "$to"
  [ "$2" != train ] || number=60
  [ ! -f "$from/segments" ] || first=segments
  head -n "$number" "$from/$first" >"$to/$first"
  for file in wav.scp text utt2spk; do
    if [ "$file" = wav.scp ] && [ "$first" = segments ]; then
      cp "$from/wav.scp" "$to/wav.scp"
    elif [ "$file" != "$first" ] && [ -f "$from/$file" ]; then
      awk 'NR == FNR { keep[$1]; next } $1 in keep' "$to/$first" "$from/$file" >"$to/$file"
    fi
  done
}

# alignments SET-DOMAIN...: an rspecifier of the alignments of all, each file once
alignments() {
  local name files=
  for name in "$@"; do
    case " $files " in
      *" ${ali_files[$name]} "*) ;;
      *) files="${files:+$files }${ali_files[$name]}" ;;
    esac
  done
  echo "ark:gunzip -c $files|"
}

compute_features() {
  local set domain
  progress "computing features"
  for set in $sets; do
    for domain in $domains; do
      [ -f "$dir/feats/$set-$domain/feats.scp" ] \
        || spawn "$dir/log/features-$set-$domain" make_features "$dir/data/$set-$domain" \
          "$dir/feats/$set-$domain" "$dir/conf/fbank.conf" "${wav_base[$domain]}"
    done
  done
  join
}

train_models() {
  local seed objective domain
  progress "training, $jobs models at a time; progress is in $dir/log/train-*"
  for seed in $seeds; do
    for objective in $objectives; do
      for domain in $domains; do
        spawn "$dir/log/train-$domain-$objective-$seed" train_model "$dir/feats/train-$domain" \
          "$(alignments "train-$domain")" "$transitions" "$dir/conf/fbank.conf" \
          "$dir/models/$domain-$objective-$seed" --objective="$objective" --seed="$seed" \
          "${training_options[@]}" --held-out-feats="scp:$dir/feats/dev-$domain/feats.scp" \
          --held-out-ali="$(alignments "dev-$domain")"
      done
    done
  done
  join
}

# sweep OUT-DIR: log-likelihoods from standard input to OUT-DIR/penalty_WIP/LMWT.txt
sweep() {
  local out=$1 wip lmwt
  if [ -z "$kaldi" ]; then
    "$stjem" acoustic decode "${search_options[@]}" --sweep-dir="$out" --allow-partial=true \
      --max-lmwt="$max_lmwt" "$transitions" "$graph/HCLG.fst" "$graph/words.txt" ark:- \
      ark,t:/dev/null
    return
  fi
  "$kaldi/src/bin/latgen-faster-mapped" "${search_options[@]}" \
    --acoustic-scale=0.1 --allow-partial=true --word-symbol-table="$graph/words.txt" \
    "$transitions" "$graph/HCLG.fst" ark:- "ark:$out.lat" ark:/dev/null
  for wip in 0.0 0.5 1.0; do
    mkdir -p "$out/penalty_$wip"
    for lmwt in $(seq 7 "$max_lmwt"); do
      "$kaldi/src/latbin/lattice-scale" --inv-acoustic-scale="$lmwt" "ark:$out.lat" ark:- \
        | "$kaldi/src/latbin/lattice-add-penalty" --word-ins-penalty="$wip" ark:- ark:- \
        | "$kaldi/src/latbin/lattice-best-path" --word-symbol-table="$graph/words.txt" ark:- ark,t:- \
        | "$kaldi/egs/wsj/s5/utils/int2sym.pl" -f 2- "$graph/words.txt" >"$out/penalty_$wip/$lmwt.txt"
    done
  done
  rm -f "$out.lat"
}

# logits MODEL-DIR SET-DOMAIN FILE: a model's logits of a test set
logits() {
  "$stjem" acoustic forward --num-threads=1 --output=logits "$1" "scp:$dir/feats/$2/feats.scp" \
    "ark:$3"
}

# log_z OBJECTIVE SEED: log partition functions that put the mean log p(x) of either model on dev of
# its own domain at 0
log_z() {
  local file=$dir/scores/$1-$2/log-z domain arks=()
  [ ! -s "$file" ] || return 0
  mkdir -p "$dir/scores/$1-$2"
  for domain in $domains; do
    logits "$dir/models/$domain-$1-$2" "dev-$domain" "$file.$domain.ark"
    arks+=("ark:$file.$domain.ark")
  done
  "$stjem" combine match-log-z "${arks[@]}" >"$file.tmp"
  rm -f "${arks[@]#ark:}"
  mv "$file.tmp" "$file"
}

# system OUT-DIR COUNTS OPTIONS... -- LOGITS...: word error rate and calibration of one model or mixture
# in OUT-DIR, whose name is SET-DOMAIN. On test with the weight and penalty that dev chose.
system() {
  local out=$1 counts=$2 options=() inputs=() name at ark
  name=$(basename "$out")
  shift 2
  while [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  shift
  for ark in "$@"; do
    inputs+=("ark:$ark")
  done
  [ ! -f "$out/done" ] || return 0
  mkdir -p "$out"
  "$stjem" combine forward --output=logits "${options[@]}" "${inputs[@]}" ark:- \
    | "$stjem" acoustic ece --transition-model="$transitions" --json="$out/ece.json" ark:- \
      "$(alignments "$name")"
  "$stjem" combine forward --class-frame-counts="$counts" "${options[@]}" "${inputs[@]}" ark:- \
    | sweep "$out/sweep"
  case $name in
    dev-*)
      "$stjem" acoustic best-wer --mode=all "$out/sweep" "$dir/data/$name/text" >"$out/wer"
      at=$(sed -n 's:.*/penalty_\([0-9.]*\)/\([0-9]*\)\(\.txt\)\{0,1\}$:\2,\1:p' "$out/wer")
      [ -n "$at" ] || { echo "no best line in $out/wer"; return 1; }
      echo "$at" >"$out/at"
      ;;
    *)
      at=$(cat "$(dirname "$out")/dev-${name#test-}/at")
      "$stjem" acoustic best-wer --mode=all --at="$at" "$out/sweep" "$dir/data/$name/text" >"$out/wer"
      ;;
  esac
  touch "$out/done"
}

# evaluate_pair OBJECTIVE SEED DOMAIN: either model and their combinations on dev and test of a domain.
# Beyond the combination of Eq. 26 there are three remedies for what it lacks: partition functions
# matched, log p(x) pooled over the utterance, and both.
evaluate_pair() {
  local name=$dir/scores/$1-$2 log_z set model at arks
  log_z=$(cat "$name/log-z")
  for set in dev test; do
    at=$set-$3
    [ ! -f "$name/$at.done" ] || continue
    arks=()
    for model in $domains; do
      logits "$dir/models/$model-$1-$2" "$at" "$name/$at.$model.ark"
      system "$name/$model/$at" "$dir/counts-$model" -- "$name/$at.$model.ark"
      arks+=("$name/$at.$model.ark")
    done
    system "$name/combination/$at" "$dir/counts" -- "${arks[@]}"
    system "$name/matched/$at" "$dir/counts" --log-z="$log_z" -- "${arks[@]}"
    system "$name/pooled/$at" "$dir/counts" --pool-frames=0 -- "${arks[@]}"
    system "$name/both/$at" "$dir/counts" --log-z="$log_z" --pool-frames=0 -- "${arks[@]}"
    rm -f "${arks[@]}"
    touch "$name/$at.done"
  done
}

# count_pdfs FILE SET-DOMAIN...: the frames of each pdf, the prior of the sets' alignments
count_pdfs() {
  local file=$1
  shift
  "$stjem" acoustic analyze-counts --transition-model="$transitions" "$(alignments "$@")" "$file"
}

evaluate_models() {
  local seed objective domain trained=()
  progress "decoding and measuring calibration; messages are in $dir/log"
  for domain in $domains; do
    trained+=("train-$domain")
    spawn "$dir/log/counts-$domain" count_pdfs "$dir/counts-$domain" "train-$domain"
  done
  spawn "$dir/log/counts" count_pdfs "$dir/counts" "${trained[@]}"
  for seed in $seeds; do
    for objective in $objectives; do
      spawn "$dir/log/log-z-$objective-$seed" log_z "$objective" "$seed"
    done
  done
  join
  for seed in $seeds; do
    for objective in $objectives; do
      for domain in $domains; do
        spawn "$dir/log/evaluate-$objective-$seed-$domain" evaluate_pair "$objective" "$seed" \
          "$domain"
      done
    done
  done
  join
}

# compare_systems DOMAIN: significance, speakers and confusions of the first seed's models on test
compare_systems() {
  local name=test-$1 seed=${seeds%% *} objective model out names=() texts=() speakers=()
  for objective in $objectives; do
    for model in $domains combination; do
      out=$dir/scores/$objective-$seed/$model/$name
      names+=("$objective $model")
      texts+=("ark:$(sed 's/.*\] //' "$out/wer").txt")
    done
  done
  [ ! -f "$dir/data/$name/utt2spk" ] || speakers=(--utt2spk="$dir/data/$name/utt2spk")
  "$stjem" acoustic wer-report --mode=all --names="$(IFS=,; echo "${names[*]}")" "${speakers[@]}" \
    --title="$title: $1 test, seed $seed" --html="$dir/wer-$1.html" "$dir/data/$name/text" \
    "${texts[@]}"
}

report_results() {
  local set domain objective model seed shown
  rm -f "$dir/results.json"
  for set in dev test; do
    for domain in $domains; do
      for objective in $objectives; do
        for model in $domains combination matched pooled both; do
          case $model in
            combination | pooled) shown=$model ;;
            matched) shown="log Z matched" ;;
            both) shown="matched, pooled" ;;
            *) shown="$model model" ;;
          esac
          for seed in $seeds; do
            add_result "$dir/results.json" "$domain $set" "$objective" "$shown" "$seed" \
              "$dir/scores/$objective-$seed/$model/$set-$domain"
          done
        done
      done
    done
  done
  for domain in $domains; do
    run "$dir/log/wer-$domain" compare_systems "$domain"
  done
  progress "done; all results are in $dir"
  echo
  "$stjem" acoustic report --print-args=false --title="$title" --settings="$dir/config.json" \
    --html="$dir/report.html" "$dir/results.json" | tee "$dir/results.txt"
  "$stjem" acoustic report --print-args=false --format=markdown "$dir/results.json" \
    >"$dir/results.md"
  echo
  echo "The same with pictures: $dir/report.html"
  echo "Significance, speakers, confusions: ${domains// /, } in $dir/wer-*.html"
}

# run_stages: everything after the data folders
run_stages() {
  [ "$stage" -gt 1 ] || compute_features
  [ "$stage" -gt 2 ] || train_models
  [ "$stage" -gt 3 ] || evaluate_models
  report_results
}
