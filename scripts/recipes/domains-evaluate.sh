# shellcheck shell=bash
# Evaluation of the models of a recipe with several domains; sourced by domains.sh.
#
# All sets are gathered in $dir/eval as one whose keys are SET/UTTERANCE, so that each model computes,
# and each system decodes, many of them in one process: all, or parts whose logits fit on the disk.
# $dir/scores/OBJECTIVE-SEED/SYSTEM then has
#
#   sweep/penalty_WIP/LMWT.txt  words of all sets
#   ece/SET.json                calibration
#   wer-DOMAIN                  the best line of the domain's dev set, and that setting on its test set
#                               and maybe on conditions that are made of it
#   wer-joint                   the best line of all dev sets together, and that setting on each of
#                               $(test_sets)
#   domains                     posterior over domains of each utterance, of mixtures

# shellcheck disable=SC2154  # variables come from lib.sh, domains.sh and the recipe

# mixtures_of OBJECTIVE: the mixtures that are made of its models
mixtures_of() {
  if is_of "$1" "$combined_fully"; then
    echo combination matched matched-ais weights weights-scale pooled matched-pooled fitted-pooled \
      domains-pooled domains-past scaled-fitted scaled-prior scaled-domains posterior-mean \
      geometric-mean inverse-entropy
  elif is_of "$1" "$combined"; then
    echo "$some_mixtures"
  fi
}

# scalings_of OBJECTIVE: how the posteriors of its models are scaled
scalings_of() {
  if is_of "$1" "$combined_fully"; then
    echo likelihood top-label top-label-prior vector
  else
    echo "$some_scalings"
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

# tuned_on CONDITION: the domain on whose dev set a condition's setting is chosen, or "joint"
tuned_on() {
  if is_of "$1" "$domains"; then
    echo "$1"
  elif [ "$untrained_tuning" = source ]; then
    source_of "$1"
  else
    echo joint
  fi
}

# tests_of DOMAIN: the names of the test sets whose settings are chosen on its dev set, its own first
tests_of() {
  local name
  printf 'test-%s ' "$1"
  for name in $untrained; do
    [ "$(tuned_on "$name")" != "$1" ] || printf 'test-%s ' "$name"
  done
}

# list_parts: the sets of each part on a line, the first having all dev sets
list_parts() {
  local set size=0 number
  for set in $(evaluation_sets); do
    number=$(wc -l <"$dir/eval/feats-$set.scp")
    case $set in
      dev-*) ;;
      *)
        if [ -n "$part_size" ] && [ $((size + number)) -gt "$part_size" ]; then
          echo
          size=0
        fi
        ;;
    esac
    size=$((size + number))
    printf '%s ' "$set"
  done
  echo
}

# gather_sets: $dir/eval, all sets as one
gather_sets() {
  local eval=$dir/eval set
  [ ! -f "$eval/done" ] || return 0
  mkdir -p "$eval"
  : >"$eval/ali"
  : >"$eval/utt2spk"
  for set in $(evaluation_sets); do
    awk -v set="$set" -v every="${every_of[$set]:-1}" 'NR % every == 1 % every { print set "/" $0 }' \
      "$dir/feats/$set/feats.scp" >"$eval/feats-$set.scp"
    sed "s|^|$set/|" "$dir/data/$set/text" \
      | awk -v every="${every_of[$set]:-1}" 'NR == FNR { keep[$1]; next } every == 1 || $1 in keep' \
        "$eval/feats-$set.scp" - >"$eval/text-$set"
    [ ! -f "$dir/data/$set/utt2spk" ] \
      || sed "s|^|$set/|" "$dir/data/$set/utt2spk" >>"$eval/utt2spk"
    "$stjem" frontend copy-int-vector "$(alignments "$set")" ark,t:- \
      | awk -v set="$set" 'NR == FNR { keep[$1]; next } (set "/" $1) in keep { print set "/" $0 }' \
        "$eval/feats-$set.scp" - >>"$eval/ali"
  done
  list_parts >"$eval/parts"
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
  "$kaldi/src/bin/latgen-faster-mapped" --acoustic-scale=0.1 "${search_options[@]}" \
    --allow-partial=true --word-symbol-table="$graph/words.txt" \
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

# measure OUT-DIR COUNTS PRIOR-SCALE: calibration and words of OUT-DIR/logits.ark of this part, which
# goes; without COUNTS calibration alone
measure() {
  local out=$1 counts=$2
  "$stjem" acoustic ece --by-set --transition-model="$transitions" --json="$out/ece" \
    "ark:$out/logits.ark" "ark:$dir/eval/ali"
  [ -z "$counts" ] || "$stjem" combine forward --class-frame-counts="$counts" --prior-scale="$3" \
    "ark:$out/logits.ark" ark:- | sweep "$out/sweep-$part"
  rm "$out/logits.ark"
  touch "$out/part-$part"
}

# join_sweeps OUT-DIR: OUT-DIR/sweep, the words of all parts
join_sweeps() {
  local out=$1 first file name
  [ ! -d "$out/sweep" ] || return 0
  first=$(printf '%s\n' "$out"/sweep-* | head -n 1)
  for file in "$first"/*/*.txt; do
    name=${file#"$first/"}
    mkdir -p "$out/sweep.tmp/${name%/*}"
    cat "$out"/sweep-*/"$name" >"$out/sweep.tmp/$name"
  done
  mv "$out/sweep.tmp" "$out/sweep"
  rm -r "$out"/sweep-*
}

# score_words OUT-DIR DOMAINS: the best lines of a system that was decoded on the sets of these domains
score_words() {
  local out=$1 domain devs=
  [ ! -f "$out/done" ] || return 0
  join_sweeps "$out"
  for domain in $2; do
    best_wer "$out" "dev-$domain" "$(tests_of "$domain")" >"$out/wer-$domain"
    devs="$devs dev-$domain"
  done
  [ "$2" != "$domains" ] || best_wer "$out" "$devs" "$(test_sets)" >"$out/wer-joint"
  touch "$out/done"
}

# prior_scale SYSTEM: 1; of scaled-prior the mean of 1/T over the models' scalings, which weighs the
# prior beside scaled posteriors as scale 1 does beside unscaled ones
prior_scale() {
  local domain
  if [ "$1" != scaled-prior ]; then
    echo 1
    return
  fi
  for domain in $domains; do
    sed -n 's/.*"temperature": "\([0-9.]*\)".*/\1/p' "$pair/$domain-vector/calibration.json"
  done | awk '{ sum += 1 / $1 } END { print sum / NR }'
}

# system NAME COUNTS OPTIONS... -- MODEL...: a model or a mixture of models on the sets of this part
system() {
  local out=$pair/$1 counts=$2 scale options=() inputs=() model
  scale=$(prior_scale "$1")
  shift 2
  while [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  shift
  [ ! -f "$out/part-$part" ] || return 0
  mkdir -p "$out"
  for model in "$@"; do
    [ -s "$pair/logits/$model.scp" ] || return 0
    inputs+=("ark:$pair/logits/$model.ark")
  done
  case "${options[*]}" in
    *--method=*) ;;
    *) [ $# -lt 2 ] || options+=(--domain-posteriors="ark,t:$out/domains-$part.post") ;;
  esac
  "$stjem" combine forward --output=logits "${options[@]}" "${inputs[@]}" "ark:$out/logits.ark"
  measure "$out" "$counts" "$scale"
}

# calibrate DOMAIN HOW...: scalings of a model's posteriors, fitted on dev of its own domain
calibrate() {
  local model=$1 how out fit
  shift
  for how; do
    out=$pair/$model-$how
    [ ! -f "$out/calibration.json" ] || continue
    mkdir -p "$out"
    case $how in
      vector) fit=(--method=vector) ;;
      top-label*) fit=(--criterion=top-label) ;;
      *) fit=(--criterion="$how") ;;
    esac
    "$stjem" acoustic calibrate "${fit[@]}" --transition-model="$transitions" \
      "scp:$pair/logits/$model.dev-$model.scp" "ark:$dir/eval/ali" "$out/calibration.json"
  done
}

# calibrated DOMAIN HOW...: a model on dev and test of its own domain, its posteriors scaled in some
# ways. Where a temperature is followed by a prior scale of 1/T, words stay as they are.
calibrated() {
  local model=$1 how out scale counts=$dir/counts-$1
  [ -s "$pair/logits/$model.own-$model.scp" ] || return 0
  [ -n "$scaled_words" ] || is_of "$objective" "$combined_fully" || counts=
  shift
  for how; do
    out=$pair/$model-$how
    [ ! -f "$out/part-$part" ] || continue
    scale=1
    # The factor of a temperature is 1/T.
    [ "$how" != top-label-prior ] \
      || scale=$(tr -d ' \n' <"$out/calibration.json" | sed -n 's/.*"factors":\[\([^],]*\)\].*/\1/p')
    "$stjem" combine forward --output=logits --calibration="$out/calibration.json" \
      "scp:$pair/logits/$model.own-$model.scp" "ark:$out/logits.ark"
    measure "$out" "$counts" "$scale"
  done
}

# fit FILE OPTIONS...: a mixture fitted on all dev sets
fit() {
  local file=$1 domain model inputs=()
  shift
  [ ! -s "$file" ] || return 0
  for domain in $domains; do
    [ ${#inputs[@]} -eq 0 ] || inputs+=(+)
    for model in $domains; do
      inputs+=("scp:$pair/logits/$model.dev-$domain.scp")
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

# scored_sets MODEL OBJECTIVE: the sets a model is scored on: all, or where it is not combined those of
# its domain and the conditions made of it
scored_sets() {
  local name
  if [ -n "$(mixtures_of "$2")" ]; then
    evaluation_sets
    return
  fi
  printf 'dev-%s test-%s ' "$1" "$1"
  for name in $untrained; do
    [ "$(source_of "$name")" != "$1" ] || printf 'test-%s ' "$name"
  done
}

# compute_logits MODEL: a model's logits of the sets of this part
compute_logits() {
  local to=$pair/logits/$1 set
  : >"$to.feats.scp"
  : >"$to.scp"
  : >"$to.own-$1.scp"
  for set in $(scored_sets "$1" "$objective"); do
    ! is_of "$set" "$part_sets" || cat "$dir/eval/feats-$set.scp" >>"$to.feats.scp"
  done
  [ -s "$to.feats.scp" ] || return 0
  "$stjem" acoustic forward --num-threads=1 --calibration=none --output=logits \
    "$dir/models/$1-$(basename "$pair")" "scp:$to.feats.scp" "ark,scp:$to.ark,$to.scp"
  for set in $part_sets; do
    grep "^$set/" "$to.scp" >"$to.$set.scp" || true
  done
  grep -E "^(dev|test)-$1/" "$to.scp" >"$to.own-$1.scp" || true
}

# scalings_by SCALING: the files of all models, with commas between
scalings_by() {
  local domain files=
  for domain in $domains; do
    files="${files:+$files,}$pair/$domain-$1/calibration.json"
  done
  echo "$files"
}

# mixture_options NAME: how the mixture is made, one option a line
mixture_options() {
  case $1 in
    scaled-*) echo "--calibration=$(scalings_by vector)" ;;
  esac
  case $1 in
    combination) ;;
    matched) echo "--log-z=$(cat "$pair/log-z")" ;;
    matched-ais) echo "--log-z=$(cat "$pair/log-z-ais")" ;;
    pooled) echo "--pool-frames=0" ;;
    matched-pooled) printf '%s\n' --pool-frames=0 "--log-z=$(cat "$pair/log-z")" ;;
    *-mean | inverse-entropy) echo "--method=$1" ;;
    scaled-prior) echo "--config=$pair/scaled-fitted.conf" ;;
    # Scaling leaves log p(x) alone.
    scaled-domains) echo "--config=$pair/domains-pooled.conf" ;;
    *) echo "--config=$pair/$1.conf" ;;
  esac
}

# fit_mixtures OBJECTIVE SEED: what the mixtures need, found on dev
fit_mixtures() {
  local name inputs=() models=() domain
  for domain in $domains; do
    inputs+=("scp:$pair/logits/$domain.dev-$domain.scp")
    models+=("$dir/models/$domain-$1-$2")
  done
  log_z "$pair/log-z" "$stjem" combine match-log-z "${inputs[@]}"
  for name in $(mixtures_of "$1"); do
    case $name in
      matched-ais)
        log_z "$pair/log-z-ais" "$stjem" combine estimate-log-z "${importance_options[@]}" \
          "${models[@]}"
        ;;
      weights) fit "$pair/weights.conf" --constants=weights --fit-density-scale=false ;;
      weights-scale) fit "$pair/weights-scale.conf" ;;
      fitted-pooled) fit "$pair/fitted-pooled.conf" --pool-frames=0 ;;
      domains-pooled) fit "$pair/domains-pooled.conf" --pool-frames=0 --criterion=domains ;;
      domains-past)
        fit "$pair/domains-past.conf" --pool-frames=100 --pool-past --criterion=domains
        ;;
      scaled-fitted)
        fit "$pair/scaled-fitted.conf" --pool-frames=0 --calibration="$(scalings_by vector)"
        ;;
    esac
  done
}

# evaluate_part OBJECTIVE SEED: the models of all domains and all their mixtures on $part_sets
evaluate_part() {
  local domain name options models
  [ ! -f "$pair/part-$part" ] || return 0
  read -r -a models <<<"$domains"
  mkdir -p "$pair/logits"
  for domain in $domains; do
    compute_logits "$domain"
    # shellcheck disable=SC2046
    [ "$part" -gt 1 ] || calibrate "$domain" $(scalings_of "$1")
  done
  if [ "$part" -eq 1 ] && [ -n "$(mixtures_of "$1")" ]; then
    fit_mixtures "$1" "$2"
  fi
  for domain in $domains; do
    system "$domain" "$dir/counts-$domain" -- "$domain"
    # shellcheck disable=SC2046
    calibrated "$domain" $(scalings_of "$1")
  done
  for name in $(mixtures_of "$1"); do
    mapfile -t options < <(mixture_options "$name")
    system "$name" "$dir/counts" "${options[@]}" -- "${models[@]}"
  done
  rm -r "$pair/logits"
  touch "$pair/part-$part"
}

# evaluate_pair OBJECTIVE SEED: the models of all domains and all their mixtures on all sets
evaluate_pair() {
  local objective=$1 pair=$dir/scores/$1-$2 part=0 part_sets domain how name
  [ ! -f "$pair/done" ] || return 0
  mkdir -p "$pair"
  while read -r part_sets; do
    part=$((part + 1))
    evaluate_part "$1" "$2" </dev/null
  done <"$dir/eval/parts"
  for domain in $domains; do
    if [ -n "$(mixtures_of "$1")" ]; then
      score_words "$pair/$domain" "$domains"
    else
      score_words "$pair/$domain" "$domain"
    fi
    for how in $(scalings_of "$1"); do
      ! ls -d "$pair/$domain-$how/sweep"* >/dev/null 2>&1 || score_words "$pair/$domain-$how" "$domain"
    done
  done
  for name in $(mixtures_of "$1"); do
    score_words "$pair/$name" "$domains"
    ! ls "$pair/$name"/domains-*.post >/dev/null 2>&1 \
      || cat "$pair/$name"/domains-*.post >"$pair/$name/domains"
  done
  if [ -n "$(mixtures_of "$1")" ]; then
    oracle
    count_domains "$1"
  fi
  touch "$pair/done"
}

# words SYSTEM SET: the file with the words of a set, at the setting chosen on dev
words() {
  local file
  file=$pair/$1/wer-$(tuned_on "${2#*-}")
  echo "$(sed -n "1s/.*\] //p" "$file").txt"
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
