#!/usr/bin/env bash
# Takes the command line of Kaldi's slurm.pl and does with it what that does by default, except that
# 'sbatch --wait' waits for the jobs: options with one value each, a range of jobs, the log, and words of
# which a line for a shell is made. The job has nothing of the environment but PATH.
set -euo pipefail

name='' range='' options=(--export=PATH --partition=shared)
while [[ $1 == -* || $1 =~ ^[A-Za-z_]+=[0-9] ]]; do
  case $1 in
    --max-jobs-run) limit=%$2 ;;
    --time) options+=("--time=$2") ;;
    -*) options+=("$1" "$2") ;;
    *)
      [[ $1 =~ ^([A-Za-z_]+)=([0-9]+)(:([0-9]+))?$ ]]
      name=${BASH_REMATCH[1]} range=${BASH_REMATCH[2]}-${BASH_REMATCH[4]:-${BASH_REMATCH[2]}}
      shift
      continue
      ;;
  esac
  shift 2
done
log=$1
shift
line=
for word in "$@"; do
  if [[ $word =~ ^[^[:space:]]+$ ]]; then
    line+="$word "
  elif [[ $word == *'"'* ]]; then
    line+="'$word' "
  else
    line+="\"$word\" "
  fi
done
if [ -n "$name" ]; then
  options+=("--array=$range${limit:-}")
  log=${log//"$name"/'${SLURM_ARRAY_TASK_ID}'}
  line=${line//"$name"/'${SLURM_ARRAY_TASK_ID}'}
fi
mkdir -p "$(dirname "$log")"
script=$(mktemp "$(dirname "$log")/slurm.XXXXXX")
cat >"$script" <<TXT
#!/bin/bash
cd $PWD
echo "# Running on \$SLURMD_NODENAME" >$log
( $line) &>>$log
status=\$?
echo "# Finished at \$(date) with status \$status" >>$log
exit \$status
TXT
sbatch --quiet --wait --ntasks=1 --open-mode=append --output=/dev/null "${options[@]}" "$script" >&2
