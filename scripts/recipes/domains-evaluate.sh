# shellcheck shell=bash
# Evaluation of the models of a recipe with two domains; sourced by domains.sh.
#
# All sets are gathered in $dir/eval as one whose keys are SET/UTTERANCE, so that each model computes,
# and each system decodes, all of them in one process. $dir/scores/OBJECTIVE-SEED/SYSTEM then has
#
#   sweep/penalty_WIP/LMWT.txt  words of all sets
#   ece/SET.json                calibration
#   wer-DOMAIN                  the best line of the domain's dev set, and that setting on its test set
#   wer-joint                   the best line of both dev sets together, and that setting on each of
#                               $(test_sets)
#   domains                     posterior over domains of each utterance, of mixtures

# shellcheck disable=SC2154  # variables come from lib.sh, domains.sh and the recipe

# mixtures_of OBJECTIVE: the mixtures that are made of its models
mixtures_of() {
  if is_of "$1" "$combined_fully"; then
    echo combination matched matched-ais weights weights-scale pooled matched-pooled fitted-pooled \
      domains-pooled domains-past scaled-fitted scaled-domains posterior-mean geometric-mean \
      inverse-entropy
  else
    echo combination matched-pooled
  fi
}

# scalings_of OBJECTIVE: how the posteriors of its models are scaled
scalings_of() {
  if is_of "$1" "$combined_fully"; then
    echo likelihood top-label top-label-prior vector
  else
    echo top-label
  fi
}

# is_of WORD LIST: whether the list has the word
is_of() {
  case " $2 " in
    *" $1 "*) ;;
    *) return 1 ;;
  esac
}

# test_sets: the names of all test sets
test_sets() {
  local name
  for name in $domains $untrained; do
    printf 'test-%s ' "$name"
  done
}

# evaluation_sets: the names of all sets that are scored
evaluation_sets() {
  local domain
  for domain in $domains; do
    printf 'dev-%s ' "$domain"
  done
  test_sets
}

# gather_sets: $dir/eval, all sets as one
gather_sets() {
  local eval=$dir/eval set
  [ ! -f "$eval/done" ] || return 0
  mkdir -p "$eval"
  : >"$eval/feats.scp"
  : >"$eval/ali"
  : >"$eval/utt2spk"
  for set in $(evaluation_sets); do
    sed "s|^|$set/|" "$dir/feats/$set/feats.scp" >>"$eval/feats.scp"
    sed "s|^|$set/|" "$dir/data/$set/text" >"$eval/text-$set"
    [ ! -f "$dir/data/$set/utt2spk" ] \
      || sed "s|^|$set/|" "$dir/data/$set/utt2spk" >>"$eval/utt2spk"
    "$stjem" frontend copy-int-vector "$(alignments "$set")" ark,t:- \
      | awk -v set="$set" 'NR == FNR { keep[$1]; next } $1 in keep { print set "/" $0 }' \
        "$dir/feats/$set/feats.scp" - >>"$eval/ali"
  done
  touch "$eval/done"
}

# count_pdfs FILE SET-DOMAIN...: the frames of each pdf, the prior of the sets' alignments
count_pdfs() {
  local file=$1
  shift
  [ -s "$file" ] \
    || "$stjem" acoustic analyze-counts --transition-model="$transitions" "$(alignments "$@")" "$file"
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

# best_wer OUT-DIR DEV-SETS TEST-SETS: the best line over the dev sets, and its setting on the test sets
best_wer() {
  local out=$1 set tuned=() applied=()
  for set in $2; do
    tuned+=("$out/sweep" "$dir/eval/text-$set")
  done
  for set in $3; do
    applied+=("--apply=$dir/eval/text-$set")
  done
  "$stjem" acoustic best-wer --mode=all "${applied[@]}" "${tuned[@]}"
}

# measure OUT-DIR COUNTS PRIOR-SCALE DOMAINS: calibration and words of OUT-DIR/logits.ark, which goes
measure() {
  local out=$1 domain devs=
  "$stjem" acoustic ece --by-set --transition-model="$transitions" --json="$out/ece" \
    "ark:$out/logits.ark" "ark:$dir/eval/ali"
  "$stjem" combine forward --class-frame-counts="$2" --prior-scale="$3" "ark:$out/logits.ark" ark:- \
    | sweep "$out/sweep"
  for domain in $4; do
    best_wer "$out" "dev-$domain" "test-$domain" >"$out/wer-$domain"
    devs="$devs dev-$domain"
  done
  [ "$4" != "$domains" ] || best_wer "$out" "$devs" "$(test_sets)" >"$out/wer-joint"
  rm "$out/logits.ark"
  touch "$out/done"
}

# system NAME COUNTS OPTIONS... -- MODEL...: a model or a mixture of models on all sets
system() {
  local out=$pair/$1 counts=$2 options=() inputs=() model
  shift 2
  while [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  shift
  [ ! -f "$out/done" ] || return 0
  mkdir -p "$out"
  for model in "$@"; do
    inputs+=("ark:$pair/logits/$model.ark")
  done
  case "${options[*]}" in
    *--method=*) ;;
    *) [ $# -lt 2 ] || options+=(--domain-posteriors="ark,t:$out/domains") ;;
  esac
  "$stjem" combine forward --output=logits "${options[@]}" "${inputs[@]}" "ark:$out/logits.ark"
  measure "$out" "$counts" 1 "$domains"
}

# calibrated DOMAIN HOW...: a model on dev and test of its own domain, its posteriors scaled in some
# ways, fitted on dev. Where a temperature is followed by a prior scale of 1/T, words stay as they are.
calibrated() {
  local model=$1 how out fit scale
  local own=scp:$pair/logits/$model.own-$model.scp dev=scp:$pair/logits/$model.dev-$model.scp
  shift
  for how; do
    out=$pair/$model-$how
    [ ! -f "$out/done" ] || continue
    mkdir -p "$out"
    case $how in
      vector) fit=(--method=vector) ;;
      top-label*) fit=(--criterion=top-label) ;;
      *) fit=(--criterion="$how") ;;
    esac
    "$stjem" acoustic calibrate "${fit[@]}" --transition-model="$transitions" "$dev" \
      "ark:$dir/eval/ali" "$out/calibration.json"
    scale=1
    # The factor of a temperature is 1/T.
    [ "$how" != top-label-prior ] \
      || scale=$(tr -d ' \n' <"$out/calibration.json" | sed -n 's/.*"factors":\[\([^],]*\)\].*/\1/p')
    "$stjem" combine forward --output=logits --calibration="$out/calibration.json" "$own" \
      "ark:$out/logits.ark"
    measure "$out" "$dir/counts-$model" "$scale" "$model"
  done
}

# fit FILE SUFFIX OPTIONS...: a mixture fitted on both dev sets, of logits/DOMAIN+SUFFIX
fit() {
  local file=$1 suffix=$2 domain model inputs=()
  shift 2
  [ ! -s "$file" ] || return 0
  for domain in $domains; do
    [ ${#inputs[@]} -eq 0 ] || inputs+=(+)
    for model in $domains; do
      inputs+=("scp:$pair/logits/$model$suffix.dev-$domain.scp")
    done
  done
  "$stjem" combine fit --transition-model="$transitions" "$@" "${inputs[@]}" "ark:$dir/eval/ali" \
    >"$file.tmp"
  mv "$file.tmp" "$file"
}

# log_z FILE COMMAND...: keeps the log partition functions that a command prints
log_z() {
  local file=$1
  shift
  [ -s "$file" ] || { "$@" >"$file.tmp" && mv "$file.tmp" "$file"; }
}

# compute_logits MODEL: a model's logits of all sets
compute_logits() {
  local to=$pair/logits/$1
  "$stjem" acoustic forward --num-threads=1 --calibration=none --output=logits \
    "$dir/models/$1-$(basename "$pair")" "scp:$dir/eval/feats.scp" "ark,scp:$to.ark,$to.scp"
  list_sets "$1"
  grep -E "^(dev|test)-$1/" "$to.scp" >"$to.own-$1.scp"
}

# scale_logits MODEL: the same as MODEL-scaled, each pdf's posterior scaled for itself
scale_logits() {
  local to=$pair/logits/$1-scaled
  "$stjem" combine forward --output=logits --calibration="$pair/$1-vector/calibration.json" \
    "ark:$pair/logits/$1.ark" "ark,scp:$to.ark,$to.scp"
  list_sets "$1-scaled"
}

# list_sets NAME: lists of the logits of one set
list_sets() {
  local to=$pair/logits/$1 set
  for set in $(evaluation_sets); do
    grep "^$set/" "$to.scp" >"$to.$set.scp"
  done
}

# mixture_options NAME: how the mixture is made, one option a line
mixture_options() {
  case $1 in
    combination) ;;
    matched) echo "--log-z=$(cat "$pair/log-z")" ;;
    matched-ais) echo "--log-z=$(cat "$pair/log-z-ais")" ;;
    pooled) echo "--pool-frames=0" ;;
    matched-pooled) printf '%s\n' --pool-frames=0 "--log-z=$(cat "$pair/log-z")" ;;
    *-mean | inverse-entropy) echo "--method=$1" ;;
    # Scaling leaves log p(x) alone.
    scaled-domains) echo "--config=$pair/domains-pooled.conf" ;;
    *) echo "--config=$pair/$1.conf" ;;
  esac
}

# evaluate_pair OBJECTIVE SEED: the models of both domains and all their mixtures on all sets
evaluate_pair() {
  local pair=$dir/scores/$1-$2 domain name options both scaled
  [ ! -f "$pair/done" ] || return 0
  mkdir -p "$pair/logits"
  read -r -a both <<<"$domains"
  for domain in $domains; do
    compute_logits "$domain"
  done
  log_z "$pair/log-z" "$stjem" combine match-log-z \
    "scp:$pair/logits/${both[0]}.dev-${both[0]}.scp" "scp:$pair/logits/${both[1]}.dev-${both[1]}.scp"
  if is_of "$1" "$combined_fully"; then
    log_z "$pair/log-z-ais" "$stjem" combine estimate-log-z "${importance_options[@]}" \
      "$dir/models/${both[0]}-$1-$2" "$dir/models/${both[1]}-$1-$2"
    fit "$pair/weights.conf" "" --constants=weights --fit-density-scale=false
    fit "$pair/weights-scale.conf" ""
    fit "$pair/fitted-pooled.conf" "" --pool-frames=0
    fit "$pair/domains-pooled.conf" "" --pool-frames=0 --criterion=domains
    fit "$pair/domains-past.conf" "" --pool-frames=100 --pool-past --criterion=domains
  fi
  for domain in $domains; do
    system "$domain" "$dir/counts-$domain" -- "$domain"
    # shellcheck disable=SC2046
    calibrated "$domain" $(scalings_of "$1")
    if is_of "$1" "$combined_fully"; then
      scale_logits "$domain"
    fi
  done
  ! is_of "$1" "$combined_fully" || fit "$pair/scaled-fitted.conf" -scaled --pool-frames=0
  for name in $(mixtures_of "$1"); do
    mapfile -t options < <(mixture_options "$name")
    case $name in
      scaled-*) scaled=-scaled ;;
      *) scaled= ;;
    esac
    system "$name" "$dir/counts" "${options[@]}" -- "${both[@]/%/$scaled}"
  done
  oracle
  count_domains "$1"
  rm -r "$pair/logits"
  touch "$pair/done"
}

# words SYSTEM SET: the file with the words of a set, at the setting chosen on dev
words() {
  local name=${2#*-} file line=1
  file=$pair/$1/wer-$name
  case $2 in
    test-*) line=2 ;;
  esac
  case " $untrained " in
    *" $name "*) file=$pair/$1/wer-joint ;;
  esac
  echo "$(sed -n "${line}s/.*\] //p" "$file").txt"
}

# oracle: the better model for each utterance
oracle() {
  local set domain hypotheses
  mkdir -p "$pair/oracle"
  for set in $(evaluation_sets); do
    hypotheses=()
    for domain in $domains; do
      hypotheses+=("$(words "$domain" "$set")")
    done
    "$stjem" acoustic wer-oracle --mode=all --write="$pair/oracle/$set.txt" "$dir/eval/text-$set" \
      "${hypotheses[@]}" >"$pair/oracle/wer-$set"
  done
}

# count_domains OBJECTIVE: how often the posterior over domains is right on the test sets of the domains
count_domains() {
  local name domain tables
  for name in $(mixtures_of "$1"); do
    [ -f "$pair/$name/domains" ] || continue
    tables=()
    for domain in $domains; do
      grep "^test-$domain/" "$pair/$name/domains" >"$pair/$name/domains-$domain"
      tables+=("ark:$pair/$name/domains-$domain")
    done
    "$stjem" combine domains --names="${domains// /,}" "${tables[@]}" >"$pair/$name/domains.md"
  done
}

evaluate_models() {
  local seed objective domain trained=()
  progress "decoding and measuring calibration; messages are in $dir/log"
  spawn "$dir/log/gather" gather_sets
  for domain in $domains; do
    trained+=("train-$domain")
    spawn "$dir/log/counts-$domain" count_pdfs "$dir/counts-$domain" "train-$domain"
  done
  spawn "$dir/log/counts" count_pdfs "$dir/counts" "${trained[@]}"
  join
  for seed in $seeds; do
    for objective in $objectives; do
      spawn "$dir/log/evaluate-$objective-$seed" evaluate_pair "$objective" "$seed"
    done
  done
  join
}
