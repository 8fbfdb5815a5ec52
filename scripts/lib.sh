# shellcheck shell=bash
# Steps that quickstart and the recipes share; to be sourced under 'set -euo pipefail'.
#
# Every step writes its messages to a log file. 'spawn LOG STEP ARGS' starts a step in the background
# as soon as fewer than $jobs are running, 'join' waits for all, 'run LOG STEP ARGS' is both. A step
# that fails ends the script with the last lines of its log. After 'send_steps COMMAND' the steps are jobs
# of a queue instead.

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
stjem=$root/scripts/stjem
jobs=${jobs:-$(nproc)}
# shellcheck source=scripts/queue.sh
. "$root/scripts/queue.sh"

# --- messages and processes ---------------------------------------------------------------------

# progress TEXT: one line with the time since the script began
progress() {
  printf '[%2d:%02d] %s\n' $((SECONDS / 60)) $((SECONDS % 60)) "$1"
}

# fail TEXT: ends the script with a message
fail() {
  printf 'ERROR (%s) %s\n' "$(basename "$0")" "$1" >&2
  exit 1
}

running=()
runner=()
broken=()

given_jobs=
# More than that would only wait in the queue.
queued_jobs=64

# send_steps COMMAND: the steps run as jobs of run.pl, queue.pl or slurm.pl
send_steps() {
  find_runner "$1" || fail "--cmd: there is no program '${1%%[[:space:]]*}'"
}

step_usage() {
  cat <<TXT
  --jobs=N           steps that run at once, one thread each (default: one per core)
  --cmd=COMMAND      what runs the steps: run.pl, queue.pl, slurm.pl or another program with their
                     interface, with its options; --jobs is then how many are in the queue at once
                     (default: $queued_jobs); see docs/slurm.md
TXT
}

# step_option ARGUMENT: takes --jobs and --cmd; fails if it is neither
step_option() {
  case $1 in
    --jobs=?*) given_jobs=${1#*=} ;;
    --cmd=?*) send_steps "${1#*=}" ;;
    *) return 1 ;;
  esac
}

# set_jobs DEFAULT: 'jobs', as --jobs and --cmd say
set_jobs() {
  jobs=$1
  [ ${#runner[@]} -eq 0 ] || jobs=$queued_jobs
  jobs=${given_jobs:-$jobs}
  [ "$jobs" -gt 0 ] 2>/dev/null || fail "--jobs is '$jobs', must be at least 1"
}

spawn() {
  local log=$1
  shift
  while [ ${#running[@]} -ge "$jobs" ]; do
    join_first
  done
  mkdir -p "$(dirname "$log")"
  # With job control the step is a process group of its own, which can be ended as a whole.
  set -m
  if [ ${#runner[@]} -gt 0 ]; then
    send_step "$log" "$@" </dev/null >&2 &
  else
    (
      set -euo pipefail
      "$@"
    ) >"$log" 2>&1 </dev/null &
  fi
  set +m
  running+=("$!:$log")
}

# send_step LOG STEP ARGS: a job whose file beside LOG holds the functions and variables of this script,
# whose names are in lower case. Nobody else may read it, since there may be some of the environment's.
send_step() {
  local log=$1 file=$1.job variables
  shift
  fits_jobs "$log" \
    || fail "the path '$log' has a space, a quote, another character that a shell takes for its own, or 'JOB', which the jobs cannot bear"
  mapfile -t variables < <(compgen -v | grep '^[a-z]' | grep -v '_proxy$')
  (
    umask 077
    {
      declare -p "${variables[@]}"
      declare -f
      printf '%q ' "$@"
      echo
    } | write_job "$file"
  )
  rm -f "$log"
  "${runner[@]}" "$log" bash "$file"
}

# join_first: waits for the oldest step. Jobs of a queue end before a broken one ends the script: they are
# paid for, and what they did is not done again.
join_first() {
  local first=${running[0]}
  local log=${first#*:} status=0
  wait "${first%%:*}" || status=$?
  running=("${running[@]:1}")
  [ $status -ne 0 ] || return 0
  broken+=("$log")
  [ ! -f "$log" ] || tail -n 5 "$log" >&2
  [ ${#runner[@]} -gt 0 ] || fail_broken
}

fail_broken() {
  [ ${#broken[@]} -gt 1 ] || fail "a step failed; all of its messages are in ${broken[0]}"
  fail "${#broken[@]} steps failed; all of their messages are in ${broken[*]}"
}

join() {
  while [ ${#running[@]} -gt 0 ]; do
    join_first
  done
  [ ${#broken[@]} -eq 0 ] || fail_broken
}

run() {
  spawn "$@"
  join
}

# Nothing this script started outlives it.
end_children() {
  local entry
  [ ${#running[@]} -eq 0 ] || [ ${#runner[@]} -eq 0 ] \
    || echo "jobs that are in the queue stay there; the same command again waits for them" >&2
  for entry in "${running[@]}"; do
    kill -- "-${entry%%:*}" 2>/dev/null || true
  done
}
trap end_children EXIT
trap 'exit 130' INT TERM

# --- set-up -------------------------------------------------------------------------------------

# check_tools: a JDK 17 or newer and Maven 3.8 or newer, or the line that installs them
check_tools() {
  local java=${JAVA_HOME:+$JAVA_HOME/bin/}
  local version
  command -v "${java}javac" >/dev/null \
    || fail "no JDK found; install one: sudo apt-get install openjdk-17-jdk-headless"
  version=$("${java}javac" -version 2>&1 | sed 's/^javac \([0-9]*\).*/\1/')
  [ "$version" -ge 17 ] 2>/dev/null \
    || fail "the JDK is version $version, 17 or newer is needed; install one: sudo apt-get install openjdk-17-jdk-headless, or set JAVA_HOME"
  command -v mvn >/dev/null || fail "no Maven found; install it: sudo apt-get install maven"
  version=$(mvn --version 2>/dev/null | sed -n 's/.*Apache Maven \([0-9.]*\).*/\1/p')
  [ "$(printf '3.8\n%s\n' "$version" | sort -V | head -n 1)" = 3.8 ] \
    || fail "Maven is version $version, 3.8 or newer is needed; install it: sudo apt-get install maven"
}

# build [MODULE]: packages the modules up to this one (default combine) if they are older than their
# sources
build() {
  local last=${1:-combine} jar module built newer
  local modules="proto frontend acoustic $last"
  for module in $modules; do
    jar=$root/$module/target/$module-0.1.0.jar
    newer=stale
    if [ -f "$jar" ] && { [ "$module" = proto ] || [ -d "$root/$module/target/lib" ]; }; then
      newer=$(find "$root/pom.xml" "$root/$module/pom.xml" "$root/$module/src/main" \
        -type f -newer "$jar" -print -quit)
    fi
    if [ -n "$newer" ]; then
      progress "building with Maven (the first time it fetches the libraries)"
      # What protoc made of messages that are gone would not compile.
      [ "$module" != proto ] || rm -rf "$root/proto/target"
      (cd "$root" && mvn -B -q -Dstyle.color=never -DskipTests -Dspotless.check.skip \
        -pl "$last" -am package) \
        || fail "the build failed; see above"
      # Maven leaves a jar alone whose classes did not change; it is up to date all the same.
      for built in $modules; do
        touch "$root/$built/target/$built-0.1.0.jar"
      done
      return
    fi
  done
}

# revision: the git revision of the program
revision() {
  "$stjem" --version | sed 's/.*, revision //'
}

# write_config FILE NAME=VALUE...: the configuration of a run as JSON, with revision and machine
write_config() {
  local file=$1 setting
  shift
  {
    echo '{'
    for setting in "$@"; do
      printf '  "%s": "%s",\n' "${setting%%=*}" "${setting#*=}"
    done
    printf '  "revision": "%s",\n' "$(revision)"
    printf '  "date": "%s",\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
    printf '  "machine": "%s x %s"\n' "$(nproc)" \
      "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
    echo '}'
  } >"$file"
}

# --- steps --------------------------------------------------------------------------------------

# What is done to features: per-utterance mean, or per-speaker mean, which needs utt2spk.
normalisation="per-utterance mean"

# make_features DATA-DIR FEATS-DIR CONFIG BASE: FEATS-DIR/feats.scp, log-Mel features less the mean of
# their utterance or speaker. All paths absolute; those in wav.scp may be relative to BASE.
make_features() {
  local data=$1 feats=$2 config=$3 base=$4 waves of=() by=()
  mkdir -p "$feats"
  cd "$base"
  waves="scp:$data/wav.scp"
  if [ -f "$data/segments" ]; then
    waves="ark:'$stjem' frontend extract-segments 'scp:$data/wav.scp' '$data/segments' ark:- |"
  fi
  "$stjem" frontend fbank --config="$config" "$waves" \
    "ark,scp:$feats/raw.ark,$feats/raw.scp"
  if [ "$normalisation" = "per-speaker mean" ]; then
    awk '{ all[$2] = all[$2] " " $1 } END { for (speaker in all) print speaker all[speaker] }' \
      "$data/utt2spk" | LC_ALL=C sort >"$feats/spk2utt"
    of=("--spk2utt=ark:$feats/spk2utt")
    by=("--utt2spk=ark:$data/utt2spk")
  fi
  "$stjem" frontend compute-cmvn-stats "${of[@]}" "scp:$feats/raw.scp" ark:- \
    | "$stjem" frontend apply-cmvn "${by[@]}" ark:- "scp:$feats/raw.scp" \
      "ark,scp:$feats/feats.ark,$feats/feats.scp"
}

# train_model FEATS-DIR ALI-RSPECIFIER FINAL.MDL CONFIG MODEL-DIR OPTIONS...: nothing to do if the
# model is there; a run that was broken off goes on.
train_model() {
  local feats=$1 ali=$2 transitions=$3 config=$4 model=$5
  shift 5
  [ ! -f "$model/model.json" ] || return 0
  "$stjem" acoustic train --transition-model="$transitions" --feature-config="$config" \
    --feature-normalisation="$normalisation" "$@" "scp:$feats/feats.scp" "$ali" "$model"
}

# score MODEL-DIR FEATS-DIR:OUT-DIR...: serves the model and writes OUT-DIR/loglikes.ark and
# OUT-DIR/logits.ark through the server.
score() {
  local model=$1 pair server address
  shift
  local port_file=$model/port
  rm -f "$port_file"
  "$stjem" acoustic serve --num-threads=1 --port=0 --port-file="$port_file" "$model" &
  server=$!
  until [ -s "$port_file" ]; do
    kill -0 $server 2>/dev/null || { wait $server || true; return 1; }
    sleep 0.2
  done
  address=localhost:$(cat "$port_file")
  for pair in "$@"; do
    mkdir -p "${pair#*:}"
    "$stjem" acoustic score --server="$address" "scp:${pair%%:*}/feats.scp" \
      "ark:${pair#*:}/loglikes.ark"
    "$stjem" acoustic score --server="$address" --output=logits "scp:${pair%%:*}/feats.scp" \
      "ark:${pair#*:}/logits.ark"
  done
  kill $server
  wait $server || true
}

# combine OUT-DIR COUNTS OPTIONS... -- IN-DIR...: OUT-DIR/loglikes.ark and OUT-DIR/logits.ark of the
# mixture of the models whose logits are in the IN-DIRs.
combine() {
  local out=$1 counts=$2
  shift 2
  local options=() inputs=() in
  while [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  shift
  for in in "$@"; do
    inputs+=("ark:$in/logits.ark")
  done
  mkdir -p "$out"
  "$stjem" combine forward "${options[@]}" --class-frame-counts="$counts" "${inputs[@]}" \
    "ark:$out/loglikes.ark"
  "$stjem" combine forward "${options[@]}" --output=logits "${inputs[@]}" "ark:$out/logits.ark"
}

# evaluate DIR FINAL.MDL GRAPH-DIR TEXT ALI-RSPECIFIER DECODE-OPTIONS...: words and word error rate
# of DIR/loglikes.ark in DIR/hyp.txt and DIR/wer, calibration of DIR/logits.ark in DIR/ece.json
evaluate() {
  local dir=$1 transitions=$2 graph=$3 text=$4 ali=$5
  shift 5
  "$stjem" acoustic decode "$@" "$transitions" "$graph/HCLG.fst" "$graph/words.txt" \
    "ark:$dir/loglikes.ark" "ark,t:$dir/hyp.txt"
  "$stjem" acoustic wer --mode=all "ark:$text" "ark:$dir/hyp.txt" | tee "$dir/wer"
  "$stjem" acoustic ece --transition-model="$transitions" --json="$dir/ece.json" \
    "ark:$dir/logits.ark" "$ali"
}

# add_result FILE TEST-SET OBJECTIVE MODEL SEED DIR: appends to FILE what 'evaluate' left in DIR,
# which lies below the folder of FILE.
add_result() {
  local wer
  wer=$(sed -n 's/^%WER \([0-9.]*\) .*/\1/p' "$6/wer")
  printf '{"testSet": "%s", "objective": "%s", "model": "%s", "seed": %d, "wer": %s, "calibration": "%s"}\n' \
    "$2" "$3" "$4" "$5" "$wer" "$(realpath --relative-to="$(dirname "$1")" "$6/ece.json")" >>"$1"
}
