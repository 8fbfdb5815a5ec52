# shellcheck shell=bash
# Tables and pages of a recipe with several domains; sourced by domains.sh. $dir gets
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
    scaled-prior) echo "vector-scaled and pooled and fitted, prior scale 1/T" ;;
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
  echo "${shown_conditions[${1#*-}]:-${1#*-} ${1%%-*}}"
}

# list_words WORD...: the words with commas and an "and"
list_words() {
  local text=$1
  shift
  while [ $# -gt 1 ]; do
    text="$text, $1"
    shift
  done
  echo "$text${1:+ and $1}"
}

# shown_untrained: what tables call the conditions that no model is trained on
shown_untrained() {
  local name names=()
  for name in $untrained; do
    names+=("$(shown_set "test-$name")")
  done
  list_words "${names[@]}"
}

# dev_sets: "both dev sets" or "all dev sets"
dev_sets() {
  local names
  read -r -a names <<<"$domains"
  if [ ${#names[@]} -eq 2 ]; then echo "both dev sets"; else echo "all dev sets"; fi
}

# add_figures FILE SET OBJECTIVE SYSTEM SEED WER-FILE LINE [ECE-FILE [DOMAINS]]: one result, the word
# error rate being that of a line of WER-FILE; without WER-FILE there is none. Few processes are started,
# since there are thousands of results.
add_figures() {
  local rate= lines
  if [ -n "$6" ]; then
    mapfile -t lines <"$6"
    [[ ${lines[$7 - 1]:-} =~ ^%WER\ ([0-9.]+)\  ]] || fail "$6 has no word error rate in line $7"
    rate=${BASH_REMATCH[1]}
  fi
  printf '{"testSet": "%s", "objective": "%s", "model": "%s", "seed": %d%s%s%s}\n' \
    "$(shown_set "$2")" "$3" "$(shown_system "$4")" "$5" "${rate:+, \"wer\": $rate}" \
    "${8:+, \"calibration\": \"${8#"$dir/"}\"}" "${9:+, \"domains\": $9}" >>"$1"
}

# line_of SET: the line of the file wer-DOMAIN or wer-joint that has its score
line_of() {
  local line=2 test tests tuned
  case $1 in
    dev-*)
      echo 1
      return
      ;;
  esac
  tuned=$(tuned_on "${1#*-}")
  if [ "$tuned" = joint ]; then tests=$(test_sets); else tests=$(tests_of "$tuned"); fi
  for test in $tests; do
    [ "$test" != "$1" ] || echo $line
    line=$((line + 1))
  done
}

# has_scores SYSTEM SET: whether a system of $pair was scored on a set
has_scores() {
  [ -f "$pair/$1/ece/$2.json" ]
}

# collect_results: results.json, each system on all sets; results-joint.json, with one setting for all
# test sets; results-calibration.json, scaled posteriors in the own domain
collect_results() {
  local set name objective seed system pair systems domains_right line
  local -A lines_of=() tuned=()
  for set in $(evaluation_sets); do
    lines_of[$set]=$(line_of "$set")
    tuned[$set]=$(tuned_on "${set#*-}")
  done
  rm -f "$dir"/results{,-joint,-calibration}.json
  for seed in $seeds; do
    for objective in $objectives; do
      pair=$dir/scores/$objective-$seed
      systems="$domains $(mixtures_of "$objective")"
      for set in $(evaluation_sets); do
        name=${set#*-}
        for system in $systems; do
          has_scores "$system" "$set" || continue
          domains_right=
          if [ "$set" = "test-$name" ] && [ -f "$pair/$system/domains.md" ]; then
            domains_right=$(sed -n "s/^| $name |.*| \([0-9.]*\) % |.*/\1/p" \
              "$pair/$system/domains.md")
          fi
          add_figures "$dir/results.json" "$set" "$objective" "$system" "$seed" \
            "$pair/$system/wer-${tuned[$set]}" "${lines_of[$set]}" \
            "$pair/$system/ece/$set.json" "$domains_right"
        done
        [ ! -f "$pair/oracle/wer-$set" ] \
          || add_figures "$dir/results.json" "$set" "$objective" oracle "$seed" \
            "$pair/oracle/wer-$set" 1
      done
      line=2
      for set in $(test_sets); do
        for system in $systems; do
          [ ! -f "$pair/$system/wer-joint" ] \
            || add_figures "$dir/results-joint.json" "$set" "$objective" "$system" "$seed" \
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
  local domain how set system words
  for domain in $domains; do
    for how in "" $(scalings_of "$objective"); do
      system=$domain${how:+-$how}
      words=$pair/$system/wer-$domain
      [ -f "$words" ] || words=
      for set in dev test; do
        add_figures "$dir/results-calibration.json" "$set-$domain" "$objective" "$system" "$seed" \
          "$words" "${lines_of[$set-$domain]}" "$pair/$system/ece/$set-$domain.json"
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
# or all models where there is none
compare_all() {
  local set objective domain name systems against pair
  for set in $(test_sets); do
    name=$(shown_set "$set")
    systems=()
    for objective in $objectives; do
      pair=$dir/scores/$objective-${seeds%% *}
      for domain in $domains combination matched-pooled; do
        ! has_scores "$domain" "$set" || systems+=("$objective:$domain")
      done
    done
    spawn "$dir/log/wer-$set.md" compare "$set" "$dir/wer-$set.html" \
      "$title: $name, seed ${seeds%% *}" -- "${systems[@]}"
    for objective in $objectives; do
      [ -n "$(mixtures_of "$objective")" ] || continue
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
  local seed objective pair name
  echo "| objective | seed | log Z matched | log Z by AIS | weights fitted | scale; log Z: frames | pooled | domains, pooled | domains, last 100 frames | vector-scaled, pooled |"
  echo "|---|---|---|---|---|---|---|---|---|---|"
  for objective in $objectives; do
    for seed in $seeds; do
      pair=$dir/scores/$objective-$seed
      [ -f "$pair/log-z" ] || continue
      printf '| %s | %s | %s |' "$objective" "$seed" "$(cat "$pair/log-z")"
      if [ -f "$pair/log-z-ais" ]; then
        printf ' %s' "$(cat "$pair/log-z-ais")"
      fi
      printf ' |'
      if [ -f "$pair/weights.conf" ]; then
        printf ' %s' "$(sed -n 's/^--weights=//p' "$pair/weights.conf")"
      fi
      printf ' |'
      for name in weights-scale fitted-pooled domains-pooled domains-past scaled-fitted; do
        if [ -f "$pair/$name.conf" ]; then
          printf ' %s' "$(scale_and_log_z "$name")"
        fi
        printf ' |'
      done
      echo
    done
  done
}

# tables FILE OPTIONS...: the tables of a results file in Markdown
tables() {
  local file=$1
  shift
  "$stjem" acoustic report --print-args=false --format=markdown --rows=models "$@" "$file"
}

# where_chosen: where language model weights and penalties come from
where_chosen() {
  local conditions
  conditions=$(shown_untrained)
  if [ "$untrained_tuning" = source ]; then
    echo "Language model weight and penalty are chosen on dev of the same domain; for $conditions, which"
    printf 'have none, on dev of the domain whose test speech they are made of.\n\n'
  else
    echo "Language model weight and penalty are chosen on dev of the same domain; for $conditions,"
    printf 'which have none, on %s together.\n\n' "$(dev_sets)"
  fi
}

# document: all results in Markdown
document() {
  local set last=${objectives##* } specialists=
  for set in $domains; do
    specialists="${specialists:+$specialists,}$(shown_system "$set")"
  done
  printf '# %s\n\n' "$title"
  [ -z "$over_seeds" ] || headline
  # shellcheck disable=SC2016  # the quotes are Markdown's
  printf '```sh\n%s\n```\n\n```json\n' "$command_line"
  # Paths mean something on one machine only.
  grep -v '": "/' "$dir/config.json"
  # shellcheck disable=SC2016
  printf '```\n\n## Systems on all test sets\n\n'
  where_chosen
  tables "$dir/results.json" --specialists="$specialists"
  if [ -f "$dir/results-joint.json" ]; then
    printf '\n## One setting for all conditions\n\nChosen on %s together, word error rates only.\n\n' \
      "$(dev_sets)"
    tables "$dir/results-joint.json" --specialists="$specialists"
  fi
  printf '\n## Scaled posteriors\n\nFitted on dev of the own domain.\n\n'
  tables "$dir/results-calibration.json"
  printf '\n## What was matched, estimated and fitted\n\n'
  constants
  if [ -n "$over_seeds" ]; then
    document_seeds
    document_more
    return
  fi
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

# hear_examples OBJECTIVE: words with confidences of a few test utterances of the first domain, by its
# model of the first seed, with the setting that dev prefers; $dir/words/OBJECTIVE.ctm
hear_examples() {
  local domain=${domains%% *} seed=${seeds%% *} setting words=$dir/words
  setting=$(head -n 1 "$dir/scores/$1-$seed/$domain/wer-$domain")
  "$stjem" acoustic forward --num-threads=1 --class-frame-counts="$dir/counts-$domain" \
    "$dir/models/$domain-$1-$seed" "scp:$words/feats.scp" ark:- \
    | "$stjem" acoustic decode "${search_options[@]}" --allow-partial=true \
      --inv-acoustic-scale="${setting##*/}" \
      --word-ins-penalty="$(sed 's|.*penalty_||; s|/.*||' <<<"$setting")" \
      --conf-ctm="$words/$1.ctm" "$transitions" "$graph/HCLG.fst" "$graph/words.txt" ark:- \
      ark,t:/dev/null
}

# word_examples: what makes 'acoustic report' show words, as the array words_shown
word_examples() {
  local domain=${domains%% *} words=$dir/words objective
  mkdir -p "$words"
  awk -v n="$(wc -l <"$dir/feats/test-$domain/feats.scp")" \
    'n < 12 || int(NR * 12 / n) > int((NR - 1) * 12 / n)' "$dir/feats/test-$domain/feats.scp" \
    >"$words/feats.scp"
  words_shown=(--text="$dir/data/test-$domain/text" --feature-config="$dir/conf/fbank.conf"
    --word-feats="scp:$dir/feats/test-$domain/raw.scp")
  # shellcheck disable=SC2086  # a list of words
  for objective in $(printf '%s\n' $objectives | sed -n '1p;$p' | uniq); do
    spawn "$dir/log/words-$objective" hear_examples "$objective"
    words_shown+=(--words="$objective, $domain model, $(shown_set "test-$domain")=$words/$objective.ctm")
  done
  join
}

report_results() {
  local words_shown
  progress "making tables and pages"
  collect_results
  compare_all
  word_examples
  [ -z "$over_seeds" ] || compare_seeds
  document >"$dir/results.md.tmp"
  mv "$dir/results.md.tmp" "$dir/results.md"
  progress "done; all results are in $dir"
  echo
  "$stjem" acoustic report --print-args=false --title="$title" --settings="$dir/config.json" \
    --rows=models "${words_shown[@]}" --html="$dir/report.html" "$dir/results.json" | tee "$dir/results.txt"
  echo
  echo "With settings, significance and constants: $dir/results.md"
  echo "With pictures: $dir/report.html; speakers and confusions: $dir/wer-*.html"
}
