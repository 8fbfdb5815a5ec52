# shellcheck shell=bash
# Systems compared over all seeds together, for the report of a recipe with several domains; sourced by
# domains.sh. A comparison of a set lies in $dir/log/seeds-SET.md, that of the models of its domain (or of
# the domain it is made of), and in $dir/log/seeds-SET-OBJECTIVE.md, that of the systems of one objective.

# shellcheck disable=SC2154  # variables come from lib.sh, domains.sh and the recipe

# domain_of SET: the domain of a test set, or that it is made of
domain_of() {
  if is_of "${1#*-}" "$domains"; then echo "${1#*-}"; else source_of "${1#*-}"; fi
}

# over_all_seeds SET AGAINST NAME:OBJECTIVE:SYSTEM...: the comparison as Markdown; names without commas
over_all_seeds() {
  local set=$1 against=$2 options=() names= texts=() one seed pair objective system
  shift 2
  for one in "$@"; do
    IFS=: read -r name objective system <<<"$one"
    names="${names:+$names,}$name"
    [ ${#texts[@]} -eq 0 ] || texts+=(+)
    for seed in $seeds; do
      pair=$dir/scores/$objective-$seed
      if [ "$system" = oracle ]; then
        texts+=("ark:$pair/oracle/$set.txt")
      else
        texts+=("ark:$(words "$system" "$set")")
      fi
    done
  done
  [ ! -s "$dir/eval/utt2spk" ] || options+=(--utt2spk="$dir/eval/utt2spk")
  [ -z "$against" ] || options+=(--against="$against")
  "$stjem" acoustic wer-seeds --print-args=false --mode=all --format=markdown --names="$names" \
    "${options[@]}" "$dir/eval/text-$set" "${texts[@]}"
}

# baselines: those of the objectives, with commas between; the first objective if there is none
baselines() {
  local objective names=
  for objective in $objectives; do
    case $objective in
      baseline*) names="${names:+$names,}$objective" ;;
    esac
  done
  echo "${names:-${objectives%% *}}"
}

# compare_seeds: all of these comparisons
compare_seeds() {
  local set objective system systems
  for set in $(test_sets); do
    systems=()
    for objective in $objectives; do
      systems+=("$objective:$objective:$(domain_of "$set")")
    done
    spawn "$dir/log/seeds-$set.md" over_all_seeds "$set" "$(baselines)" "${systems[@]}"
    for objective in $objectives; do
      [ -n "$(mixtures_of "$objective")" ] || continue
      systems=()
      for system in $domains $(mixtures_of "$objective") oracle; do
        systems+=("$(shown_system "$system"):$objective:$system")
      done
      spawn "$dir/log/seeds-$set-$objective.md" over_all_seeds "$set" \
        "$(shown_system "$(domain_of "$set")")" "${systems[@]}"
    done
  done
  join
}

# row_of FILE FIRST SECOND: the cells of a comparison, with tabs between
row_of() {
  awk -F ' *[|] *' -v OFS='\t' -v first="$2" -v second="$3" \
    '$2 == first && $3 == second && NF > 8 { $1 = $1; print }' "$1"
}

# mean_of FILE NAME: the mean rate of a system
mean_of() {
  awk -F ' *[|] *' -v name="$2" '$2 == name && NF < 8 { split($3, part, " "); print part[1]; exit }' "$1"
}

# headline: what came out, in a sentence for each objective of interest
headline() {
  local objective baseline domain file cells text p
  baseline=$(baselines)
  baseline=${baseline%%,*}
  for objective in st-jem-row st-jem; do
    is_of "$objective" "$objectives" && [ "$objective" != "$baseline" ] || continue
    text=
    for domain in $domains; do
      file=$dir/log/seeds-test-$domain.md
      IFS=$'\t' read -r -a cells < <(row_of "$file" "$baseline" "$objective")
      p=${cells[8]}
      case $p in
        "<"*) ;;
        *) p="= $p" ;;
      esac
      text="${text:+$text; }$domain $(mean_of "$file" "$objective") against $(
        mean_of "$file" "$baseline") % (${cells[3]} %, p $p over speakers)"
    done
    printf '%s\n\n' "Word error rates of $objective against $baseline in the own domain, mean over seeds $seeds: $text."
  done
  [ -z "$caveat" ] || printf '%s\n\n' "$caveat"
}

# chosen_settings: a Markdown table of language model weights and penalties, those of each seed
chosen_settings() {
  local objective system domain seed setting
  printf '| objective | system |'
  # shellcheck disable=SC2086  # lists of words
  printf ' %s |' $domains
  printf '\n|---|---|'
  # shellcheck disable=SC2086
  printf '%.0s---|' $domains
  echo
  for objective in $objectives; do
    for system in $domains $(mixtures_of "$objective"); do
      printf '| %s | %s |' "$objective" "$(shown_system "$system")"
      for domain in $domains; do
        for seed in $seeds; do
          setting=$dir/scores/$objective-$seed/$system/wer-$domain
          [ ! -f "$setting" ] || sed -n '1s|.*/penalty_\(.*\)/\(.*\)$| \2, \1;|p' "$setting" | tr -d '\n'
        done
        printf ' |'
      done
      echo
    done
  done
}

# training_cost: a Markdown table of updates and processor time
training_cost() {
  local objective domain seed folders journal updates milliseconds
  printf '| training |'
  # shellcheck disable=SC2086  # lists of words
  printf ' %s: updates | minutes of a core |' $domains
  printf '\n|---|'
  # shellcheck disable=SC2086
  printf '%.0s--:|--:|' $domains
  echo
  for objective in $objectives; do
    printf '| %s |' "$objective"
    for domain in $domains; do
      folders=()
      for seed in $seeds; do
        folders+=("$dir/models/$domain-$objective-$seed")
      done
      journal=${folders[0]}/train.jsonl
      updates=$(grep -o '"totalSteps":[0-9]*' "$journal" | tail -n 1 | cut -d: -f2)
      milliseconds=$("$stjem" acoustic compare-trainings --print-args=false "${folders[@]}" \
        | awk -F ' *[|] *' 'END { split($(NF - 1), part, " "); print part[1] }')
      awk -v n="$updates" -v ms="$milliseconds" 'BEGIN { printf " %d | %.1f |", n, n * ms / 60000 }'
    done
    echo
  done
}

# document_seeds: comparisons and costs
document_seeds() {
  local set objective
  printf '\n## Models over seeds %s together\n\n' "$seeds"
  cat <<'TXT'
Models of the domain of the speech, or of the domain it is made of. A speaker is drawn and tested with
the errors of all seeds: *p of speakers* is the probability of such a difference if for other speakers
these very models were equally good, *p of seeds* that of the differences of seed by seed.
TXT
  for set in $(test_sets); do
    printf '\n### %s\n\n' "$(shown_set "$set")"
    cat "$dir/log/seeds-$set.md"
  done
  for objective in $objectives; do
    [ -n "$(mixtures_of "$objective")" ] || continue
    printf '\n## Systems of %s over seeds %s together\n' "$objective" "$seeds"
    for set in $(test_sets); do
      printf '\n### %s, %s\n\n' "$objective" "$(shown_set "$set")"
      cat "$dir/log/seeds-$set-$objective.md"
    done
  done
  printf '\n## Weights and penalties\n\nLanguage model weight and word insertion penalty that dev of each domain prefers, by seed.\n\n'
  chosen_settings
  printf '\n## Training\n\nProcessor time in the mean over seeds.\n\n'
  training_cost
}
