# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Bash completion of migscope: its options, recordings and what it writes.
# shellcheck shell=bash

_migscope() {
  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD - 1]}" choices=""
  case "$prev" in
  --backend) choices="kernel sim sim:lab capture:" ;;
  --theme) choices="light dark" ;;
  --to) choices="svg png pdf html" ;;
  --step) choices="RUNNING RUNNING_P2P PRE_COPY PRE_COPY_P2P STOP STOP_COPY RESUMING" ;;
  --screenshots) mapfile -t COMPREPLY < <(compgen -d -- "$cur") && return ;;
  --screenshot | --out) mapfile -t COMPREPLY < <(compgen -f -- "$cur") && return ;;
  --render) mapfile -t COMPREPLY < <(compgen -d -- "$cur"; compgen -f -X '!*.migrec' -- "$cur") && return ;;
  *)
    if [[ $cur != -* ]]; then
      mapfile -t COMPREPLY < <(compgen -d -- "$cur"; compgen -f -X '!*.migrec' -- "$cur")
      return
    fi
    choices="--backend --device --demo --step --screenshot --screenshots --scene --render --to --out --theme --size --help --version"
    ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$cur")
}

complete -F _migscope migscope
