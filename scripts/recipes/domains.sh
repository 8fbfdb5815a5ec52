# shellcheck shell=bash
# Stages of a recipe with models of several domains, their combinations, word error rates and
# calibration; to be sourced after scripts/lib.sh. Evaluation and report are in files of their own. A
# recipe
#
# 1. gives 'common_option' the arguments that it does not know itself,
# 2. sets title, command_line (how to repeat it), domains (two names or more), transitions (a final.mdl)
#    and graph (a folder with HCLG.fst and words.txt), and per domain name wav_base (where relative paths
#    in wav.scp start) and ali_files[train-DOMAIN], likewise dev and test (shell words: the gzipped
#    alignments); it may add to variants and to the conditions that no model is trained on,
# 3. calls 'prepare_folders', makes the Kaldi data folders $dir/data/SET-DOMAIN, and
# 4. calls 'run_stages'.
#
# In $dir, what is done is not done again.

# shellcheck disable=SC2154  # root, stjem and jobs come from lib.sh, the others from the recipe

# shellcheck source=scripts/recipes/domains-evaluate.sh
. "$(dirname "${BASH_SOURCE[0]}")/domains-evaluate.sh"
# shellcheck source=scripts/recipes/domains-report.sh
. "$(dirname "${BASH_SOURCE[0]}")/domains-report.sh"
# shellcheck source=scripts/recipes/domains-seeds.sh
. "$(dirname "${BASH_SOURCE[0]}")/domains-seeds.sh"

sets="train dev test"
# Seeds of simulated rooms, so that no two sets share one.
declare -A room_seeds=([train]=1 [dev]=2 [test]=3)
# Conditions that no model is trained on, made of the test speech of a domain, the first unless
# untrained_from says another, by 'frontend reverberate' with the options of untrained_how.
untrained="noise telephone"
declare -A shown_conditions=([noise]="5 dB noise" [telephone]="telephone")
# Their language model weight and penalty are chosen on dev of all domains, "joint", or of that domain,
# "source".
untrained_tuning=joint
declare -A untrained_from=() untrained_how=(
  [noise]="--anechoic --snr=5 --seed=4"
  [telephone]="--anechoic --snr=Infinity --telephone"
)
# Trainings by name: objective and further options of 'acoustic train'. A name that is not here is that of
# an objective. The word STRANGERS stands for the features of $dir/feats/strangers-DOMAIN, which a recipe
# makes.
declare -A variants=()
declare -A wav_base ali_files

dir=
objectives="baseline res-jem st-jem"
seeds="1 2 3"
combined=
combined_fully=
some_mixtures="combination matched-pooled"
some_scalings="top-label"
# Whether words are decoded with those scalings.
scaled_words=yes
# every_of[SET]=N: every N-th utterance of a set is evaluated.
declare -A every_of=()
# Number of utterances that are evaluated at once, for their logits lie on the disk; all if empty.
part_size=
# Whether the report compares systems over all seeds together, not those of the first.
over_seeds=
# What readers of the report must know.
caveat=
kaldi=
further_training=()
further_search=()
max_lmwt=17
models=
stage=1
stop_stage=4
dry_run=
training_options=(--sample-every=8 --num-threads=1)
importance_options=(--chains=64 --temperatures=1000 --num-threads=1)
search_options=(--beam=15 --lattice-beam=8 --max-active=7000 --prune-interval=50)

# known_variants: a line for each variant that a recipe has
known_variants() {
  local name
  for name in $(printf '%s\n' "${!variants[@]}" | sort); do
    printf '\n                     %s=%s' "$name" "${variants[$name]}"
  done
}

# take_variant NAME=TRAINING: adds a training by name
take_variant() {
  case $1 in
    [a-z]*=?*) variants[${1%%=*}]=${1#*=} ;;
    *) fail "--variant is '$1', must be NAME=OBJECTIVE and options of 'acoustic train'" ;;
  esac
}

common_usage() {
  cat <<TXT
  --objectives=LIST  (default "$objectives")
  --variant=NAME=TRAINING
                     what NAME in the list of objectives stands for: an objective and options of
                     'acoustic train', such as --variant="smooth=baseline --label-smoothing=0.1"$(
    known_variants)
  --seeds=LIST       (default "$seeds")
  --combined=LIST    objectives whose models are combined: $some_mixtures
                     (default: ${combined:-all})
  --combined-fully=LIST
                     objectives whose models are combined and scaled in every way (default:
                     ${combined_fully:-all}); of the others posteriors are scaled by: $some_scalings
$(step_usage)
  --kaldi-root=DIR   decode and score with Kaldi's own programs below DIR/src
  --training=OPTIONS further options of 'acoustic train', such as --training="--num-epochs=2"
  --search=OPTIONS   further options of 'acoustic decode', such as --search="--beam=12" after
                     ${search_options[*]}
  --max-lmwt=N       try language model weights from 7 to N (default $max_lmwt, as Kaldi's score.sh)
  --models=DIR       evaluate the models of another folder of results, such as exp/NAME/models
  --stage=N          1 data and features, 2 training, 3 evaluation, 4 report: begin there
  --stop-stage=N     end after that stage
  --dry-run          prove every step in minutes: a few utterances, a small network, one epoch, a
                     narrow search; the numbers mean nothing

Language model weight and word insertion penalty are chosen on dev for each system and condition,
and applied to test; for conditions without a dev set on $(
    if [ "$untrained_tuning" = source ]; then echo "dev of the domain they are made of."
    else echo "dev of all domains together."; fi)
TXT
}

# common_option ARGUMENT: takes an option that all of these recipes have; fails if it is none
common_option() {
  case $1 in
    --dir=?*) dir=${1#*=} ;;
    --objectives=?*) objectives=${1#*=} ;;
    --variant=?*) take_variant "${1#*=}" ;;
    --seeds=?*) seeds=${1#*=} ;;
    --combined=?*) combined=${1#*=} ;;
    --combined-fully=?*) combined_fully=${1#*=} ;;
    --kaldi-root=?*) kaldi=${1#*=} ;;
    --training=?*) read -r -a further_training <<<"${1#*=}" ;;
    --search=?*) read -r -a further_search <<<"${1#*=}" ;;
    --max-lmwt=?*) max_lmwt=${1#*=} ;;
    --models=?*) models=${1#*=} ;;
    --stage=?*) stage=${1#*=} ;;
    --stop-stage=?*) stop_stage=${1#*=} ;;
    --dry-run) dry_run=yes ;;
    *) step_option "$1" ;;
  esac
}

# find_wav_base DATA-DIR FOLDER...: the first folder from which the first path in wav.scp exists; of a
# command in its place, the first word with a slash that exists from any of them, else the current folder
find_wav_base() {
  local data=$1 words word base
  shift
  read -r -a words < <(head -n 1 "$data/wav.scp") || true
  words=("${words[@]:1}")
  if [ "${words[-1]: -1}" != "|" ]; then
    words=("${words[0]%:*}")
  fi
  for word in "${words[@]}"; do
    for base in "$@"; do
      if [[ $word == */* || ${#words[@]} -eq 1 ]] && (cd "$base" && [ -e "$word" ]); then
        (cd "$base" && pwd)
        return
      fi
    done
  done
  [ ${#words[@]} -gt 1 ] || fail "$data/wav.scp names ${words[0]}, which is not found from here"
  pwd
}

# prepare_folders SETTING=VALUE...: $dir and the record of how its contents came about
prepare_folders() {
  local before= used
  set_jobs "$jobs"
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
  mkdir -p "$dir"/{conf,data,feats,scores,log}
  if [ -n "$models" ]; then
    [ -d "$models" ] || fail "--models: there is no folder $models"
    [ ! -d "$dir/models" ] || [ -L "$dir/models" ] || fail "$dir has models of its own"
    ln -sfn "$(cd "$models" && pwd)" "$dir/models"
    sets="dev test"
  fi
  mkdir -p "$dir/models"
  printf -- '--num-mel-bins=80\n--dither=0\n' >"$dir/conf/fbank.conf"
  if [ -n "$dry_run" ]; then
    training_options+=(--num-epochs=1 --hidden-layers=64 --sgld-steps=2 --warmup-steps=20)
    importance_options=(--chains=4 --temperatures=20 --num-threads=1)
    search_options=(--beam=9 --lattice-beam=4 --max-active=500)
    max_lmwt=9
    [ -z "$part_size" ] || part_size=20
  fi
  training_options+=("${further_training[@]}")
  search_options+=("${further_search[@]}")
  [ ${#further_search[@]} -eq 0 ] || set -- "$@" "search=${search_options[*]}"
  combined=${combined:-$objectives}
  combined_fully=${combined_fully:-$objectives}
  [ "$combined_fully" != none ] || combined_fully=
  [ "$combined_fully" = "$objectives" ] || [ -z "$combined_fully" ] || command_line+=" --combined-fully='$combined_fully'"
  used=$(used_variants)
  [ "$combined" = "$objectives" ] || set -- "$@" "combined=$combined"
  write_config "$dir/config.json" "$@" "objectives=$objectives" ${used:+"variants=$used"} "seeds=$seeds" \
    "combined-fully=$combined_fully" "jobs=$jobs" \
    "kaldi-root=$kaldi" "features=$(tr '\n' ' ' <"$dir/conf/fbank.conf")" \
    "max-lmwt=$max_lmwt" "training=${training_options[*]}" "dry-run=${dry_run:-no}"
}

# keep_setting NAME VALUE: fails if the results in $dir were made with another value
keep_setting() {
  local before
  [ -f "$dir/config.json" ] || return 0
  before=$(sed -n "s/^  \"$1\": \"\(.*\)\",\$/\1/p" "$dir/config.json")
  [ -z "$before" ] || [ "$before" = "$2" ] \
    || fail "$dir has results with $1 '$before', not '$2'; give another --dir, maybe with --models=$dir/models"
}

# used_variants: the trainings of the variants among the objectives
used_variants() {
  local objective
  for objective in $objectives; do
    [ -z "${variants[$objective]:-}" ] || printf '%s=%s; ' "$objective" "${variants[$objective]}"
  done
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

# source_of CONDITION: the domain of whose test speech a condition is made
source_of() {
  echo "${untrained_from[$1]:-${domains%% *}}"
}

# make_untrained: $dir/data/test-NAME of the conditions that no model is trained on
make_untrained() {
  local name from
  progress "making test speech of conditions that no model is trained on"
  for name in $untrained; do
    from=$(source_of "$name")
    cd "${wav_base[$from]}" || return
    # shellcheck disable=SC2086
    [ -f "$dir/data/test-$name/wav.scp" ] \
      || run "$dir/log/make-$name" "$stjem" frontend reverberate ${untrained_how[$name]} \
        "$dir/data/test-$from" "$dir/data/test-$name"
  done
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
  for domain in $untrained; do
    [ -f "$dir/feats/test-$domain/feats.scp" ] \
      || spawn "$dir/log/features-test-$domain" make_features "$dir/data/test-$domain" \
        "$dir/feats/test-$domain" "$dir/conf/fbank.conf" "${wav_base[$(source_of "$domain")]}"
  done
  join
}

train_models() {
  local seed objective domain training
  progress "training, $jobs models at a time; progress is in $dir/log/train-*"
  for seed in $seeds; do
    for objective in $objectives; do
      for domain in $domains; do
        read -r -a training <<<"${variants[$objective]:-$objective}"
        training=("${training[@]//STRANGERS/scp:$dir/feats/strangers-$domain/feats.scp}")
        spawn "$dir/log/train-$domain-$objective-$seed" train_model "$dir/feats/train-$domain" \
          "$(alignments "train-$domain")" "$transitions" "$dir/conf/fbank.conf" \
          "$dir/models/$domain-$objective-$seed" --objective="${training[0]}" --seed="$seed" \
          "${training_options[@]}" "${training[@]:1}" --held-out-feats="scp:$dir/feats/dev-$domain/feats.scp" \
          --held-out-ali="$(alignments "dev-$domain")"
      done
    done
  done
  join
}

# make_more, evaluate_more, document_more: for recipes that do more
make_more() {
  :
}

evaluate_more() {
  :
}

document_more() {
  :
}

# is_stage N: whether it is to be done
is_stage() {
  [ "$stage" -le "$1" ] && [ "$1" -le "$stop_stage" ]
}

# run_stages: everything after the data folders
run_stages() {
  local name
  for name in $untrained; do
    ali_files[test-$name]=${ali_files[test-$(source_of "$name")]}
  done
  if is_stage 1; then
    make_untrained
    compute_features
    make_more
  fi
  [ -n "$models" ] || ! is_stage 2 || train_models
  if is_stage 3; then
    evaluate_models
    evaluate_more
  fi
  if is_stage 4; then
    report_results
  else
    progress "done up to stage $stop_stage; $dir has the results"
  fi
}
