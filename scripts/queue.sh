# shellcheck shell=bash
# Work as jobs of run.pl, queue.pl or slurm.pl; to be sourced.
#
# Those programs take a log file and words, of which they make a line for a shell, with the number of the
# job wherever 'JOB' stands; and the job that they start has little of the environment. So the work goes
# into a file, and the words are 'bash FILE JOB'.

# find_runner COMMAND: sets 'runner', the program and its options; returns 1 if there is none. Where there
# is no run.pl on the PATH, run-jobs beside this file takes its place.
find_runner() {
  read -r -a runner <<<"$1"
  [ ${#runner[@]} -gt 0 ] || return 1
  if ! command -v "${runner[0]}" >/dev/null; then
    [ "$(basename "${runner[0]}")" = run.pl ] || return 1
    runner[0]=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/run-jobs
  fi
}

# fits_jobs PATH: whether a path passes unchanged through the shells of a queue
fits_jobs() {
  [[ $1 != *JOB* && $1 != *[[:space:]\'\"\`\$\\\;\&\|\<\>\(\)\*\?\[\]\{\}\~#\!]* ]]
}

# write_job FILE: makes FILE of the commands on standard input, a program that a queue runs as
# 'bash FILE [NUMBER]'; the number is $job. A second run of the same number waits for the first to end, and
# must then find by itself what is left to do: a queue may start a job anew on another node while the first
# node is merely out of reach, and a script that is interrupted leaves its jobs in the queue.
write_job() {
  local file=$1 name
  {
    echo '#!/usr/bin/env bash'
    echo 'set -euo pipefail'
    printf 'cd %q\n' "$PWD"
    for name in JAVA_HOME STJEM_JAVA_OPTS DJL_CACHE_DIR; do
      [ -z "${!name:-}" ] || printf 'export %s=%q\n' "$name" "${!name}"
    done
    # shellcheck disable=SC2016  # variables of the job
    echo 'job=${1:-}'
    printf 'exec 9>>%q"${job:+.$job}"\n' "$file.lock"
    # shellcheck disable=SC2016
    echo 'if ! flock --nonblock 9; then
  echo "$(date "+%T") waiting for another run of this job to end" >&2
  flock 9 || echo "WARNING this file system has no locks; see that no other run of this job goes on" >&2
fi'
    cat
  } >"$file.new"
  mv "$file.new" "$file"
}
