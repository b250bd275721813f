# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Bash completion of migscope-cli: commands, options, states, and the devices that `list` names.
# shellcheck shell=bash

_migscope_cli_devices() {
  local backend=() index
  for ((index = 1; index < COMP_CWORD; index++)); do
    if [[ ${COMP_WORDS[index]} == --backend ]]; then
      backend=(--backend "${COMP_WORDS[index + 1]}")
      # ":" is a word break, so that sim:lab arrives as three words.
      if [[ ${COMP_WORDS[index + 2]:-} == : ]]; then
        backend[1]+=":${COMP_WORDS[index + 3]}"
      fi
    fi
  done
  # `list` is passive and waits for nobody's lock, so asking it at every Tab is safe.
  "${COMP_WORDS[0]}" "${backend[@]}" --json list 2>/dev/null |
    python3 -c 'import json, sys; print(*(d["name"] for d in json.load(sys.stdin)["devices"]), sep="\n")' 2>/dev/null
}

_migscope_cli() {
  local cur prev words cword command="" word index
  if declare -F _init_completion >/dev/null; then
    _init_completion -n : || return
  else
    cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD - 1]}" words=("${COMP_WORDS[@]}") cword=$COMP_CWORD
  fi
  for ((index = 1; index < cword; index++)); do
    word="${words[index]}"
    case "$word" in
    list | show | set | reset | save | load | diff | migrate | report | compare | export | capture | dirty | check | version)
      command="$word"
      break
      ;;
    esac
  done
  local choices=""
  case "$prev" in
  --backend) choices="kernel sim sim:lab capture:" ;;
  --mode) choices="auto stop-copy pre-copy" ;;
  --on-no-convergence) choices="go give-up" ;;
  --to) choices="csv json trace" ;;
  --hook) choices="before-stop= stopped= saved= loaded= resumed= end=" ;;
  --detail) choices="arcs calls" ;;
  --class) choices="passive session resets hostile" ;;
  --format) choices="text ktap junit" ;;
  --record | --out | --baseline) mapfile -t COMPREPLY < <(compgen -f -- "$cur") && return ;;
  *)
    local copying="--mode --downtime-limit --max-rounds --max-seconds --on-no-convergence --force --max-stuck"
    case "$command" in
    '') choices="--backend --json --version --help list show set reset save load diff migrate report compare export capture dirty check version" ;;
    show) choices="--probe --max-stuck" ;;
    set) choices="--combined --hold --max-stuck RUNNING RUNNING_P2P PRE_COPY PRE_COPY_P2P STOP STOP_COPY RESUMING" ;;
    reset) choices="--max-stuck" ;;
    save) choices="$copying --raw" ;;
    load) choices="--run --max-stuck" ;;
    migrate) choices="$copying --record --detail --hook --runs --budget" ;;
    compare) choices="--baseline --pool --without-first" ;;
    export) choices="--to --out --force" ;;
    check) choices="--list --only --class --hostile --format --record --force --max-stuck" ;;
    dirty) choices="--range --page --interval --rounds --sweep --record --force --max-stuck" ;;
    esac
    case "$command:$cur" in
    *:-*) ;;
    show:* | set:* | reset:* | save:* | load:* | migrate:* | dirty:* | check:*) choices+=" $(_migscope_cli_devices)" ;;
    esac
    ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$cur")
  case "$command" in save | load | diff | report | compare | export | capture) mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$cur") ;; esac
  if declare -F __ltrim_colon_completions >/dev/null; then
    __ltrim_colon_completions "$cur"
  fi
}

complete -F _migscope_cli migscope-cli
