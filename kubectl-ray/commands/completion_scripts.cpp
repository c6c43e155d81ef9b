#include "commands/completion_scripts.hpp"

namespace cli::commands {

std::string_view const bash_script =
    R"script(# Completion of kubectl-ray for bash. Use: source <(kubectl-ray completion bash)
_kubectl_ray()
{
    # bash cuts words at = and : as well; what stands without space between belongs together
    local words=() i piece rest=${COMP_LINE:0:COMP_POINT}
    for ((i = 0; i <= COMP_CWORD; i++)); do
        piece=${COMP_WORDS[i]}
        if ((i > 0)) && [[ $rest != [[:space:]]* ]]; then
            words[${#words[@]} - 1]+=$piece
        else
            words+=("$piece")
        fi
        rest=${rest#"${rest%%[![:space:]]*}"}
        rest=${rest#"$piece"}
    done
    local cur=${words[${#words[@]} - 1]} line lines=() directive=0
    while IFS= read -r line; do
        lines+=("$line")
    done < <("${words[0]/#\~/$HOME}" __completeNoDesc "${words[@]:1}" 2>/dev/null)
    if ((${#lines[@]} > 0)); then
        directive=${lines[${#lines[@]} - 1]#:}
        unset "lines[${#lines[@]}-1]"
    fi
    COMPREPLY=()
    [[ $directive =~ ^[0-9]+$ ]] || return
    local value=$cur
    [[ $cur == -*=* ]] && value=${cur#*=}
    if ((directive & 16)); then
        compopt -o filenames
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "$value")
        return
    fi
    if ((directive & 8)); then
        compopt -o filenames
        local extension
        for extension in "${lines[@]}"; do
            while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -X "!*.$extension" -- "$value")
        done
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "$value")
        return
    fi
    local head=${value%"${value##*:}"}
    for line in "${lines[@]}"; do
        [[ $line == "$value"* ]] && COMPREPLY+=("$(printf %q "${line#"$head"}")")
    done
    if ((${#COMPREPLY[@]} == 0 && !(directive & 4))); then
        compopt -o filenames
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$value")
    fi
    if ((directive & 2)); then
        compopt -o nospace
    fi
}
complete -F _kubectl_ray kubectl-ray
)script";

std::string_view const zsh_script = R"script(#compdef kubectl-ray
# Completion of kubectl-ray for zsh. Use: source <(kubectl-ray completion zsh)
_kubectl_ray()
{
    local line directive
    local -a lines values described options
    lines=("${(@f)$(${(Q)words[1]} __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
    directive=${lines[-1]#:}
    [[ $directive == <-> ]] || return 1
    lines[-1]=()
    for line in $lines; do
        values+=("${line%%$'\t'*}")
        if [[ $line == *$'\t'* ]]; then
            described+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
        else
            described+=("${line//:/\\:}")
        fi
    done
    compset -P '-*='
    if (( directive & 16 )); then
        _files -/
    elif (( directive & 8 )); then
        _files -g "*.(${(j:|:)values})"
    else
        (( directive & 2 )) && options=(-S '')
        if (( ${#described} )) && _describe -t values 'value' described $options; then
            return 0
        fi
        (( directive & 4 )) || _files
    fi
}
compdef _kubectl_ray kubectl-ray
)script";

std::string_view const fish_script =
    R"script(# Completion of kubectl-ray for fish. Use: kubectl-ray completion fish | source
function __kubectl_ray_complete
    set -l tokens (commandline -opc)
    set -l current (commandline -ct)
    set -l lines (command $tokens[1] __complete $tokens[2..-1] "$current" 2>/dev/null)
    set -q lines[1]; or return
    set -l directive (string replace ':' '' -- $lines[-1])
    set -e lines[-1]
    set -l prefix ''
    set -l value $current
    if string match -qr -- '^-[^=]*=' $current
        set prefix (string replace -r '=.*' '=' -- $current)
        set value (string replace -r '^[^=]*=' '' -- $current)
    end
    if test (math "floor($directive / 16) % 2") -eq 1
        printf '%s\n' $prefix(__fish_complete_directories "$value")
        return
    end
    if test (math "floor($directive / 8) % 2") -eq 1
        __fish_complete_path "$value"
        return
    end
    for line in $lines
        printf '%s\n' $prefix$line
    end
    if not set -q lines[1]; and test (math "floor($directive / 4) % 2") -eq 0
        __fish_complete_path "$value"
    end
end
complete -c kubectl-ray -f -a '(__kubectl_ray_complete)'
)script";

std::string_view const powershell_script =
    R"script(# Completion of kubectl-ray for PowerShell. Use: kubectl-ray completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName 'kubectl-ray' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition } |
        Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
    if ($wordToComplete -eq '') {
        # before version 7.3 an empty argument is lost on the way to a program
        $words += if ($PSVersionTable.PSVersion -ge [version]'7.3') { '' } else { '""' }
    }
    $lines = @(& 'kubectl-ray' __complete @words 2>$null)
    if ($lines.Count -lt 2) { return }
    $lines[0..($lines.Count - 2)] | ForEach-Object {
        $value, $description = $_ -split "`t", 2
        if (-not $description) { $description = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $description)
    }
}
)script";

}  // namespace cli::commands
