# shellcheck shell=bash disable=SC2034
# The Debian 12 packages, in one place: sourced by scripts/setup, tests/package/run and nothing else.

# What a build and a run of AllClear need (tests included: the same build tree holds them).
build_packages=(
  ca-certificates git python3 openssl dpkg-dev
  g++ cmake ninja-build pkg-config ccache mold
  libboost1.81-dev libssl-dev libc-ares-dev libsqlite3-dev libcurl4-openssl-dev
  libyaml-cpp-dev nlohmann-json3-dev libfmt-dev libspdlog-dev libcli11-dev libexpected-dev
  libhowardhinnant-date-dev libre2-dev libargon2-dev libbrotli-dev libxxhash-dev libsystemd-dev zlib1g-dev
  libgtest-dev libgmock-dev librapidcheck-dev libbenchmark-dev
)

# What the test suite drives, measures and checks with.
test_packages=(
  sqlite3 curl jq iproute2 procps
  nginx-light wrk slowhttptest faketime chromium
  clang libclang-rt-14-dev clang-format clang-tidy gcovr
  shellcheck debootstrap file
)

# What builds the pages and drives them in a browser. The program itself needs neither: web/dist is committed.
node_packages=(nodejs npm)

# What the .deb may depend on at run time: the package test's root has these and nothing of the build.
# A library that the program starts to need and that is missing here makes `dpkg -i` in that test fail.
runtime_packages=(
  ca-certificates tzdata systemd
  libstdc++6 libssl3 libc-ares2 libsqlite3-0 libcurl4 libyaml-cpp0.7 libfmt9 libspdlog1.10
  libdate-tz3 libre2-9 libargon2-1 libbrotli1 libxxhash0 libsystemd0 zlib1g
)

# Where the package test's root lies, outside the tree so that `rm -rf build` keeps it.
package_root="${ALLCLEAR_PACKAGE_ROOT:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/allclear/debian-root}"
