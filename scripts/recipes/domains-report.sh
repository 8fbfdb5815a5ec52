# shellcheck shell=bash
# Tables and pages of a recipe with two domains; sourced by domains.sh. $dir gets
#
#   results.md, results.txt     all tables; the former with headings, commands and settings
#   report.html                 the same tables and reliability diagrams
#   wer-SET.html                objectives compared on a test set, first seed
#   wer-SET-OBJECTIVE.html      all systems of an objective compared on a test set, first seed
#   results*.json               the figures

# shellcheck disable=SC2154  # variables come from lib.sh, domains.sh and the recipe

# shown_system NAME: what tables call a system; without commas
shown_system() {
  case $1 in
    combination) echo "Eq. 26" ;;
    matched) echo "log Z matched" ;;
    matched-ais) echo "log Z by AIS" ;;
    weights) echo "weights fitted" ;;
    weights-scale) echo "weights and scale fitted" ;;
    pooled) echo "pooled" ;;
    matched-pooled) echo "pooled and matched" ;;
    fitted-pooled) echo "pooled and fitted" ;;
    domains-pooled) echo "pooled and fitted to domains" ;;
    domains-past) echo "last 100 frames fitted to domains" ;;
    scaled-fitted) echo "vector-scaled and pooled and fitted" ;;
    scaled-domains) echo "vector-scaled and pooled and fitted to domains" ;;
    posterior-mean) echo "mean of posteriors" ;;
    geometric-mean) echo "geometric mean" ;;
    inverse-entropy) echo "inverse entropy" ;;
    oracle) echo "oracle per utterance" ;;
    *-likelihood) echo "${1%-likelihood} model, temperature" ;;
    *-top-label) echo "${1%-top-label} model, temperature by top label" ;;
    *-top-label-prior) echo "${1%-top-label-prior} model, the same and prior scale 1/T" ;;
    *-vector) echo "${1%-vector} model, vector" ;;
    *) echo "$1 model" ;;
  esac
}

# shown_set SET: what tables call a set
shown_set() {
  case $1 in
    test-noise) echo "5 dB noise" ;;
    test-telephone) echo "telephone" ;;
    *) echo "${1#*-} ${1%%-*}" ;;
  esac
}

# add_figures FILE SET OBJECTIVE SYSTEM SEED WER-FILE LINE [ECE-FILE [DOMAINS]]: one result, the word
# error rate being that of a line of WER-FILE
add_figures() {
  local rate
  rate=$(sed -n "$7s/^%WER \([0-9.]*\) .*/\1/p" "$6")
  [ -n "$rate" ] || fail "$6 has no word error rate in line $7"
  printf '{"testSet": "%s", "objective": "%s", "model": "%s", "seed": %d, "wer": %s%s%s}\n' \
    "$(shown_set "$2")" "$3" "$(shown_system "$4")" "$5" "$rate" \
    "${8:+, \"calibration\": \"$(realpath --relative-to="$dir" "$8")\"}" \
    "${9:+, \"domains\": $9}" >>"$1"
}

# line_of SET: the line of a file wer-DOMAIN or wer-joint that has the score of a set
line_of() {
  local line=2 test
  case $1 in
    dev-*) echo 1 ;;
    *)
      ! is_of "${1#test-}" "$domains" || { echo 2; return; }
      for test in $(test_sets); do
        [ "$test" != "$1" ] || echo $line
        line=$((line + 1))
      done
      ;;
  esac
}

# collect_results: results.json, each system on all sets; results-joint.json, with one setting for all
# test sets; results-calibration.json, scaled posteriors in the own domain
collect_results() {
  local set name objective seed system pair file domains_right line
  rm -f "$dir"/results{,-joint,-calibration}.json
  for seed in $seeds; do
    for objective in $objectives; do
      pair=$dir/scores/$objective-$seed
      for set in $(evaluation_sets); do
        name=${set#*-}
        for system in $domains $(mixtures_of "$objective"); do
          file=$pair/$system/wer-$name
          ! is_of "$name" "$untrained" || file=$pair/$system/wer-joint
          domains_right=
          if [ -f "$pair/$system/domains.md" ]; then
            domains_right=$(sed -n "s/^| $name |.*| \([0-9.]*\) % |.*/\1/p" \
              "$pair/$system/domains.md")
          fi
          case $set in dev-*) domains_right= ;; esac
          add_figures "$dir/results.json" "$set" "$objective" "$system" "$seed" "$file" \
            "$(line_of "$set")" "$pair/$system/ece/$set.json" "$domains_right"
        done
        add_figures "$dir/results.json" "$set" "$objective" oracle "$seed" "$pair/oracle/wer-$set" 1
      done
      line=2
      for set in $(test_sets); do
        for system in $domains $(mixtures_of "$objective"); do
          add_figures "$dir/results-joint.json" "$set" "$objective" "$system" "$seed" \
            "$pair/$system/wer-joint" $line
        done
        line=$((line + 1))
      done
      collect_calibration
    done
  done
}

# collect_calibration: the scaled and unscaled models of $pair on dev and test of their own domain
collect_calibration() {
  local domain how set system
  for domain in $domains; do
    for how in "" $(scalings_of "$objective"); do
      system=$domain${how:+-$how}
      for set in dev test; do
        add_figures "$dir/results-calibration.json" "$set-$domain" "$objective" "$system" "$seed" \
          "$pair/$system/wer-$domain" "$(line_of "$set-$domain")" \
          "$pair/$system/ece/$set-$domain.json"
      done
    done
  done
}

# compare SET HTML TITLE OPTIONS... -- OBJECTIVE:SYSTEM...: significance, speakers and confusions of
# systems of the first seed, as Markdown and as a page
compare() {
  local set=$1 html=$2 title=$3 options=() seed=${seeds%% *} names=() texts=() one pair name
  shift 3
  while [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  shift
  for one in "$@"; do
    pair=$dir/scores/${one%%:*}-$seed
    name=$(shown_system "${one#*:}")
    case $html in
      *-"${one%%:*}".html) ;;
      *) name="${one%%:*} $name" ;;
    esac
    names+=("$name")
    if [ "${one#*:}" = oracle ]; then
      texts+=("ark:$pair/oracle/$set.txt")
    else
      texts+=("ark:$(words "${one#*:}" "$set")")
    fi
  done
  [ ! -s "$dir/eval/utt2spk" ] || options+=(--utt2spk="$dir/eval/utt2spk")
  "$stjem" acoustic wer-report --print-args=false --mode=all --format=markdown \
    --names="$(IFS=,; echo "${names[*]}")" "${options[@]}" --title="$title" --html="$html" \
    "$dir/eval/text-$set" "${texts[@]}"
}

# compare_all: the pages of comparisons; those of one objective against the model of the set's domain,
# or both models where there is none
compare_all() {
  local set objective domain name systems against
  for set in $(test_sets); do
    name=$(shown_set "$set")
    systems=()
    for objective in $objectives; do
      for domain in $domains combination matched-pooled; do
        systems+=("$objective:$domain")
      done
    done
    spawn "$dir/log/wer-$set.md" compare "$set" "$dir/wer-$set.html" \
      "$title: $name, seed ${seeds%% *}" -- "${systems[@]}"
    for objective in $objectives; do
      systems=()
      for domain in $domains $(mixtures_of "$objective") oracle; do
        systems+=("$objective:$domain")
      done
      against=
      for domain in $domains; do
        if [ "test-$domain" = "$set" ] || is_of "${set#test-}" "$untrained"; then
          against="${against:+$against,}$(shown_system "$domain")"
        fi
      done
      spawn "$dir/log/wer-$set-$objective.md" compare "$set" "$dir/wer-$set-$objective.html" \
        "$title: $objective on $name, seed ${seeds%% *}" --against="$against" -- "${systems[@]}"
    done
  done
  join
}

# first_tables FILE: rates and comparisons of a comparison, without speakers and confusions
first_tables() {
  awk '/^Word error rate \[/ { on = 1 } /^(Word error rate per speaker|Most frequent errors)/ { exit } on' \
    "$1"
}

# scale_and_log_z MIXTURE: what was fitted for a mixture of $pair
scale_and_log_z() {
  printf '%s; %s' "$(sed -n 's/^--density-scale=//p' "$pair/$1.conf")" \
    "$(sed -n 's/^--log-z=//p' "$pair/$1.conf")"
}

# constants: a Markdown table of what was matched, estimated and fitted
constants() {
  local seed objective pair
  echo "| objective | seed | log Z matched | log Z by AIS | weights fitted | scale; log Z: frames | pooled | domains, pooled | domains, last 100 frames | vector-scaled, pooled |"
  echo "|---|---|---|---|---|---|---|---|---|---|"
  for objective in $objectives; do
    for seed in $seeds; do
      pair=$dir/scores/$objective-$seed
      printf '| %s | %s | %s' "$objective" "$seed" "$(cat "$pair/log-z")"
      if is_of "$objective" "$combined_fully"; then
        printf ' | %s | %s | %s | %s' "$(cat "$pair/log-z-ais")" \
          "$(sed -n 's/^--weights=//p' "$pair/weights.conf")" "$(scale_and_log_z weights-scale)" \
          "$(scale_and_log_z fitted-pooled)"
        printf ' | %s | %s | %s |\n' "$(scale_and_log_z domains-pooled)" \
          "$(scale_and_log_z domains-past)" "$(scale_and_log_z scaled-fitted)"
      else
        echo ' | | | | | | | |'
      fi
    done
  done
}

# tables FILE OPTIONS...: the tables of a results file in Markdown
tables() {
  local file=$1
  shift
  "$stjem" acoustic report --print-args=false --format=markdown --rows=models "$@" "$file"
}

# document: all results in Markdown
document() {
  local set last=${objectives##* } specialists=
  for set in $domains; do
    specialists="${specialists:+$specialists,}$(shown_system "$set")"
  done
  # shellcheck disable=SC2016  # the quotes are Markdown's
  printf '# %s\n\n```sh\n%s\n```\n\n```json\n' "$title" "$command_line"
  # Paths mean something on one machine only.
  grep -v '": "/' "$dir/config.json"
  # shellcheck disable=SC2016
  printf '```\n\n## Systems on all test sets\n\n'
  echo "Language model weight and penalty are chosen on dev of the same domain; for 5 dB noise and"
  printf 'telephone, which have none, on both dev sets together.\n\n'
  tables "$dir/results.json" --specialists="$specialists"
  printf '\n## One setting for all conditions\n\nChosen on both dev sets together, word error rates only.\n\n'
  tables "$dir/results-joint.json" --specialists="$specialists"
  printf '\n## Scaled posteriors\n\nFitted on dev of the own domain.\n\n'
  tables "$dir/results-calibration.json"
  printf '\n## What was matched, estimated and fitted\n\n'
  constants
  printf '\n## Significance\n\nObjectives, seed %s:\n' "${seeds%% *}"
  for set in $(test_sets); do
    printf '\n### %s\n\n' "$(shown_set "$set")"
    first_tables "$dir/log/wer-$set.md"
  done
  printf '\nSystems of %s, seed %s:\n' "$last" "${seeds%% *}"
  for set in $(test_sets); do
    printf '\n### %s, %s\n\n' "$last" "$(shown_set "$set")"
    first_tables "$dir/log/wer-$set-$last.md"
  done
}

report_results() {
  progress "making tables and pages"
  collect_results
  compare_all
  document >"$dir/results.md.tmp"
  mv "$dir/results.md.tmp" "$dir/results.md"
  progress "done; all results are in $dir"
  echo
  "$stjem" acoustic report --print-args=false --title="$title" --settings="$dir/config.json" \
    --rows=models --html="$dir/report.html" "$dir/results.json" | tee "$dir/results.txt"
  echo
  echo "With settings, significance and constants: $dir/results.md"
  echo "With pictures: $dir/report.html; speakers and confusions: $dir/wer-*.html"
}
