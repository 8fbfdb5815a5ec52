# shellcheck shell=bash
# What the recipes of the paper's CIFAR tables share; to be sourced after scripts/lib.sh. A recipe
#
# 1. sets title, and epochs and labels (per class, 0 for all) by size and data set:
#    default_epochs[cpu], labels[cifar-10], …
# 2. names the rows with 'row', in the table's order, and the paper's figures with 'paper', sets rows to
#    those that are trained by default, and
# 3. calls 'reproduce ARGUMENTS'.
#
# In $out, what is done is not done again.

# shellcheck disable=SC2154  # root, stjem and jobs come from lib.sh, the others from the recipe

declare -A default_epochs labels row_title row_objective row_options
declare -A data_of=()
row_names=()
paper_figures=()
exec 3>&1

# row NAME TITLE [OBJECTIVE OPTIONS...]: a row of the table and what its training is given; nothing if
# the paper only quotes it
row() {
  row_names+=("$1")
  row_title[$1]=$2
  row_objective[$1]=${3:-}
  row_options[$1]=${*:4}
}

# paper ROW DATA-SET ACCURACY ECE: what the paper has in a row
paper() {
  paper_figures+=("$1|$2|$3|$4")
}

# trainable: the rows that can be trained
trainable() {
  local name names=()
  for name in "${row_names[@]}"; do
    [ -z "${row_objective[$name]}" ] || names+=("$name")
  done
  echo "${names[*]}"
}

usage() {
  cat <<TXT
Usage: scripts/recipes/cifar/$(basename "$0") [--cifar10=PATH] [--cifar100=PATH] [options]

$title, a column for each data set that is given.

  --cifar10=PATH   folder or tar archive of CIFAR-10, as 'stjem image-bench import' takes it
  --cifar100=PATH  the same for CIFAR-100
  --size=full|cpu  full, the default: WRN-28-10, the paper's passes over the data, one GPU;
                   cpu: WRN-10-2, one thread a training
  --out=DIR        folder of the results (default exp/cifar-$(basename "$0")-SIZE)
  --rows=LIST      which rows to train (default "$rows"; there are: $(trainable))
  --seeds=LIST     (default "$seeds")
  --epochs=N       passes over the labelled images (default: full ${default_epochs[full]}, cpu ${default_epochs[cpu]})
  --jobs=N         trainings that run at once (default: full 1, cpu one a core; with --cmd $queued_jobs)
  --cmd=COMMAND    what runs them: run.pl, queue.pl, slurm.pl or another program with their interface,
                   with its options, such as "slurm.pl --gpu 1"; see docs/slurm.md
  --device=NAME    where tensors are computed (default: full gpu0, cpu as image-bench train)
  --training=OPTS  further options of every training, as 'stjem image-bench train --help' lists them
  --report         only make the tables, of what there is so far
  --dry-run        only print the commands

A recipe that was killed goes on where it was when it is started again with the same options.
TXT
}

parse_arguments() {
  local argument
  for argument in "$@"; do
    case $argument in
      --cifar10=?*) data_of[cifar-10]=${argument#*=} ;;
      --cifar100=?*) data_of[cifar-100]=${argument#*=} ;;
      --size=full | --size=cpu) size=${argument#*=} ;;
      --out=?*) out=${argument#*=} ;;
      --rows=?*) rows=${argument#*=} ;;
      --seeds=?*) seeds=${argument#*=} ;;
      --epochs=?*) epochs=${argument#*=} ;;
      --device=?*) device=${argument#*=} ;;
      --training=*) training=${argument#*=} ;;
      --report) only_report=yes ;;
      --dry-run) dry_run=yes ;;
      -h | --help)
        usage
        exit 0
        ;;
      *) step_option "$argument" || fail "no option '$argument'; see --help" ;;
    esac
  done
}

# check_arguments: completes and checks what was given
check_arguments() {
  local name default_jobs=$jobs
  for name in $rows; do
    [ -n "${row_objective[$name]:-}" ] || fail "--rows: no row '$name'; there are: $(trainable)"
  done
  [ ${#data_of[@]} -gt 0 ] || fail "--cifar10=PATH or --cifar100=PATH is needed, or both"
  for name in "${!data_of[@]}"; do
    [ -e "${data_of[$name]}" ] || fail "--${name/-/}: ${data_of[$name]} does not exist"
    data_of[$name]=$(realpath "${data_of[$name]}")
  done
  epochs=${epochs:-${default_epochs[$size]}}
  [ "$epochs" -gt 0 ] 2>/dev/null || fail "--epochs is '$epochs', must be at least 1"
  if [ "$size" = full ]; then
    default_jobs=1
    device=${device:-gpu0}
  fi
  set_jobs "$default_jobs"
  out=$(realpath -m "${out:-$root/exp/cifar-$(basename "$0")-$size}")
}

# --- data ---------------------------------------------------------------------------------------

# is_batches DIR: whether it holds the binary layout itself, so that nothing need be imported
is_batches() {
  [ -f "$1/data_batch_1.bin" ] || [ -f "$1/train.bin" ]
}

# data_folder DATA-SET: where its binary batches are or will be
data_folder() {
  if is_batches "${data_of[$1]}"; then
    echo "${data_of[$1]}"
  else
    echo "$out/data/$1"
  fi
}

import_data() {
  local name
  for name in $data_sets; do
    if is_batches "$(data_folder "$name")"; then
      continue
    fi
    set -- "$stjem" image-bench import "${data_of[$name]}" "$(data_folder "$name")"
    if [ -n "$dry_run" ]; then
      print_command "$@"
    else
      progress "importing ${data_of[$name]}"
      spawn "$out/log/import-$name" "$@"
    fi
  done
  join
}

# --- training -----------------------------------------------------------------------------------

# print_command WORDS...: as a line for a shell
print_command() {
  local word line=
  for word in "$@"; do
    line+=" $(printf %q "$word")"
  done
  echo "${line# }"
}

# model_folder DATA-SET ROW SEED
model_folder() {
  echo "$out/$1/$2-$3"
}

# set_command DATA-SET ROW SEED: sets 'command' to the training of one model
set_command() {
  command=("$stjem" image-bench train --objective="${row_objective[$2]}")
  if [ "$size" = full ]; then
    command+=(--depth=28 --width=10)
  else
    command+=(--depth=10 --width=2)
  fi
  [ "${labels[$1]:-0}" = 0 ] || command+=(--labels-per-class="${labels[$1]}")
  command+=(--num-epochs="$epochs" --seed="$3")
  if [ "$size" = full ]; then
    command+=(--learn-rate=0.0001 --warmup-steps=1000 --num-held-out=5000)
  else
    command+=(--num-threads=1)
  fi
  [ -z "$device" ] || command+=(--device="$device")
  # shellcheck disable=SC2206  # options are words
  command+=(${row_options[$2]} $training "$(data_folder "$1")" "$(model_folder "$@")")
}

# check_same MODEL-DIR COMMAND...: ends the recipe if the model there was trained with other options
check_same() {
  local model=$1 option name was
  local -A wanted=()
  shift
  for option in "$@"; do
    [[ ! $option =~ ^--([a-z-]+)=(.+)$ ]] || wanted[${BASH_REMATCH[1]}]=${BASH_REMATCH[2]}
  done
  unset 'wanted[device]' 'wanted[num-threads]' # the model does not depend on them
  for name in "${!wanted[@]}"; do
    was=$(sed -n "s/^    \"$name\": \"\([^\"]*\)\",*$/\1/p" "$model/model.json")
    # Numbers may be written in two ways: 0.0001 and 1.0E-4.
    awk -v a="${wanted[$name]}" -v b="$was" \
      'BEGIN { exit !(b == "" || a "" == b "" || a + 0 != 0 && a + 0 == b + 0) }' \
      || fail "$model was trained with --$name=$was, not ${wanted[$name]}; give another --out"
  done
}

# measured MODEL-DIR: accuracy and calibration error in words
measured() {
  local name
  for name in accuracy ece; do
    sed -n "s/^  \"$name\": \([0-9]*\.\{0,1\}[0-9]\{0,2\}\).*/$name \1 %/p" "$1/result.json"
  done | paste -s -d ' '
}

# train NAME MODEL-DIR LOG COMMAND...: one training; that of the control may diverge for good
train() {
  local name=$1 model=$2 log=$3
  shift 3
  [ -e /dev/fd/3 ] || exec 3>&1 # a job of a queue has nothing but its log
  if "$@"; then
    progress "$name: $(measured "$model")" >&3
  elif grep -q 'ERROR.*diverged' "$log"; then
    mkdir -p "$model"
    touch "$model/diverged"
    progress "$name: diverged for good, its cell stays empty" >&3
  else
    return 1
  fi
}

train_models() {
  local seed row set name model command count=0 total
  total=$(($(wc -w <<<"$rows") * $(wc -w <<<"$data_sets") * $(wc -w <<<"$seeds")))
  for seed in $seeds; do
    for row in $rows; do
      for set in $data_sets; do
        count=$((count + 1))
        name="$set/$row-$seed"
        model=$(model_folder "$set" "$row" "$seed")
        set_command "$set" "$row" "$seed"
        if [ -n "$dry_run" ]; then
          print_command "${command[@]}"
        elif [ -f "$model/result.json" ]; then
          check_same "$model" "${command[@]}"
          progress "$count of $total, $name is there: $(measured "$model")"
        elif [ -f "$model/diverged" ]; then
          progress "$count of $total, $name diverged"
        else
          spawn "$out/log/$set-$row-$seed" train "$name" "$model" "$out/log/$set-$row-$seed" \
            "${command[@]}"
          progress "$count of $total, $name: training; curves in $model/train.html"
        fi
      done
    done
  done
  join
}

# --- tables -------------------------------------------------------------------------------------

# shown DATA-SET: its name in a heading
shown() {
  echo "${1^^}"
}

# setting: what the table is called beside its rows
setting() {
  if [ "$size" = full ]; then echo "WRN-28-10, $epochs epochs"; else echo "WRN-10-2, $epochs epochs"; fi
}

# paper_entries ROW DATA-SET: the paper's figures in one cell as results
paper_entries() {
  local figure name set accuracy ece
  for figure in "${paper_figures[@]}"; do
    IFS='|' read -r name set accuracy ece <<<"$figure"
    if [ "$name" = "$1" ] && [ "$set" = "$2" ]; then
      printf '{"testSet": "%s", "objective": "%s", "model": "%s, paper (WRN-28-10)", "seed": 1, "accuracy": %s, "ece": %s}\n' \
        "$(setting)" "${row_title[$name]}" "$(shown "$set")" "$accuracy" "$ece"
    fi
  done
}

# collect: $out/results.json, ours and the paper's, row by row
collect() {
  local set row seed file
  for row in "${row_names[@]}"; do
    for set in $data_sets; do
      for seed in $seeds; do
        file=$(model_folder "$set" "$row" "$seed")/result.json
        [ ! -f "$file" ] || sed -e "s|^  \"testSet\": .*|  \"testSet\": \"$(setting)\",|" \
          -e "s|^  \"objective\": .*|  \"objective\": \"${row_title[$row]}\",|" \
          -e "s|^  \"model\": .*|  \"model\": \"$(shown "$set")\",|" "$file"
      done
      paper_entries "$row" "$set"
    done
  done >"$out/results.json"
}

report_results() {
  collect
  [ -s "$out/results.json" ] || fail "there is nothing to report in $out yet"
  "$stjem" acoustic report --print-args=false --unit=image --title="$title" \
    --settings="$out/config.json" --html="$out/report.html" "$out/results.json" >"$out/results.txt"
  "$stjem" acoustic report --print-args=false --unit=image --format=markdown "$out/results.json" \
    >"$out/results.md"
  progress "all results are in $out"
  echo
  cat "$out/results.md"
  echo
  echo "The same with pictures: $out/report.html"
}

# reproduce ARGUMENTS: everything
reproduce() {
  local data_sets=
  size=full seeds=${seeds:-1} out='' epochs='' device='' training=''
  only_report='' dry_run=''
  parse_arguments "$@"
  check_arguments
  data_sets=$(printf '%s\n' "${!data_of[@]}" | sort | paste -s -d ' ')
  if [ -n "$dry_run" ]; then
    import_data
    train_models
    return
  fi
  check_tools
  build image-bench
  mkdir -p "$out"
  [ -n "$only_report" ] && [ -f "$out/config.json" ] \
    || write_config "$out/config.json" "recipe=$(basename "$0")" "size=$size" "rows=$rows" \
      "seeds=$seeds" "epochs=$epochs" "jobs=$jobs" "device=$device" "training=$training" \
      "cifar-10=${data_of[cifar-10]:-}" "cifar-100=${data_of[cifar-100]:-}"
  if [ -z "$only_report" ]; then
    import_data
    train_models
  fi
  report_results
}
