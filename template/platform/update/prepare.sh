# Template-owned. Brings the working tree to the newest template and writes what a reviewer needs to know.
#
#   sh platform/update/prepare.sh FOLDER
#
# FOLDER/state is `current` (nothing to do), `clean` or `conflicts`; FOLDER/body.md is the text of a pull request and
# FOLDER/update.patch the change. Needs git and uv. Neither Copier nor the auditor runs code of the project.
set -eu
out=$1
mkdir -p "$out"

status=0
uvx copier@9.19.1 check-update --quiet || status=$?
case $status in
    0) echo current > "$out/state"; exit 0 ;;
    2) ;;  # a newer version exists
    *) exit "$status" ;;
esac

before=$(mktemp -d)
cp .copier-answers.yml "$before"
uvx copier@9.19.1 update --defaults --quiet

# Copier exits 0 on conflicts. It leaves them unmerged in the index, whatever `.gitattributes` says of their diff.
conflicts=$(
    { git diff --name-only --diff-filter=U; git diff --check | sed -n 's/:[0-9]*: leftover conflict marker$//p'; } | sort -u
)
test -n "$conflicts" || uv lock --quiet

version() { sed -n 's/^_commit: *//p' "$1/.copier-answers.yml"; }
pins=$(cat .github/workflows/secaudit.yml .gitlab-ci.yml 2> /dev/null || true)
auditor=$(printf '%s\n' "$pins" | sed -n 's/^ *SECAUDIT: "\(.*\)".*/\1/p' | head -n 1)
{
    printf 'The template moved from `%s` to `%s`.\n' "$(version "$before")" "$(version .)"
    printf '\n## Security fixes that come with it\n\n'
    uvx --from "$auditor" secaudit template "$before" --select TPL001 --format markdown --exit-zero --quiet
    printf '\n## Settings that are new\n\n'
    git diff HEAD -- .env.example | sed -n 's/^+#\{0,1\}\(APP_[A-Z0-9_]*\)=.*/- `\1`/p'
    printf '\nRun `env --check` where the service is deployed, and `migrate` before it starts.\n'
    if test -n "$conflicts"; then
        printf '\n## Conflicts\n\nResolve these before merging, then run `uv lock`:\n\n'
        printf '%s\n' "$conflicts" | sed 's/.*/- `&`/'
    fi
} > "$out/body.md"
git add --all
git diff --cached --binary HEAD > "$out/update.patch"
if test -n "$conflicts"; then echo conflicts; else echo clean; fi > "$out/state"
