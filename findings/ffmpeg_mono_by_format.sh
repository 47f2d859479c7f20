#!/usr/bin/env bash
# How loud ffmpeg's mono is follows from the sample format that is asked for. Of one stereo file "-ac 1" gives the mean of both channels as 16-bit samples, and
# their sum by the square root of two as 32-bit floats: 3 dB louder, and louder than either channel where the two are alike. libswresample scales its matrix
# down only so far that integers cannot overflow; floats can be above 1, so that it leaves the matrix as it is. One would expect the format to change how
# samples are written and not what they are: who decodes to floats, as loaders for training do, does not hear what a player or a 16-bit copy of the same file
# gives, and a loud file in which both channels are alike goes beyond 1.
#
# Seen: two channels with one tone of amplitude 0.125. As s16 mono has 0.125, as flt 0.177, the ratio is 1.4142; with 5.1.9 and 7.1.5. With the matrix said
# (-af pan=mono|c0=.5*c0+.5*c1) both have 0.125.
#
# Installs ffmpeg of Debian 12 and of Debian 13 in a temporary folder (from where this machine's apt gets Debian; amd64, apt, dpkg and python3), and fails where
# what is written above no longer holds.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | sed -n 1p)

fetch() {
  local place="$folder/$1"
  mkdir -p "$place/archives/partial" "$place/lists/partial" "$place/unpacked"
  : >"$place/status"
  echo "deb $mirror $1 main" >"$place/sources"
  local options=(-qq -o Dir::Etc::sourcelist="$place/sources" -o Dir::Etc::sourceparts=- -o Dir::State::status="$place/status"
    -o Dir::State::lists="$place/lists" -o Dir::Cache::archives="$place/archives" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
    -o Debug::NoLocking=1 -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update
  apt-get "${options[@]}" -y --download-only --no-install-recommends install ffmpeg >/dev/null
  for package in "$place"/archives/*.deb; do
    dpkg -x "$package" "$place/unpacked"
  done
}

run() {
  local place="$folder/$1/unpacked"
  local loader=("$place"/{,usr/}lib64/ld-linux-x86-64.so.2)
  [ -e "${loader[0]}" ] || loader=("${loader[1]}")
  "${loader[0]}" --library-path "$(find "$place" -name '*.so*' -printf '%h\n' | sort -u | paste -sd:)" "$place/usr/bin/$2" "${@:3}"
}

peak() {
  python3 -c "
import array, sys
samples = array.array('h' if '$1'.endswith('s16le') else 'f', open('$1', 'rb').read())
print(f\"{max(samples) / (32768 if '$1'.endswith('s16le') else 1):.3f}\")"
}

for release in bookworm trixie; do
  fetch "$release"
  echo "$(run "$release" ffmpeg -hide_banner -version | sed -n 1p)"
  cd "$folder/$release"
  run "$release" ffmpeg -nostdin -v error -f lavfi -i sine=frequency=440:sample_rate=16000:duration=1 -af 'pan=stereo|c0=c0|c1=c0' -c:a pcm_s16le tone.wav
  for format in s16le f32le; do
    run "$release" ffmpeg -nostdin -v error -i tone.wav -ac 1 -f "$format" "mono.$format"
    run "$release" ffmpeg -nostdin -v error -i tone.wav -af 'pan=mono|c0=.5*c0+.5*c1' -f "$format" "mean.$format"
    echo "$release $format: -ac 1 has $(peak "mono.$format"), the mean $(peak "mean.$format")" | tee -a "$folder/seen"
  done
done

diff "$folder/seen" - <<'SEEN'
bookworm s16le: -ac 1 has 0.125, the mean 0.125
bookworm f32le: -ac 1 has 0.177, the mean 0.125
trixie s16le: -ac 1 has 0.125, the mean 0.125
trixie f32le: -ac 1 has 0.177, the mean 0.125
SEEN
