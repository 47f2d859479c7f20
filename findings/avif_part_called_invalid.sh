#!/usr/bin/env bash
# FFmpeg 7.1.5 (Debian 13) does not open an AVIF of which a part is to be shown (a property "clap", which avifenc --crop writes): "Invalid data found when
# processing input". The file is valid, and 5.1.9 (Debian 12) opens it, and shows all of it. One would expect a newer release to read what an older one reads,
# and a file that it calls invalid to be damaged: whoever cleans a dataset by what ffmpeg says throws good pictures away.
#
# Seen: a picture of 64x48 with a part of 32x32 in it comes out as 64x48 with 5.1.9 and not at all with 7.1.5; libheif of Debian 12 gives 32x32, and so does
# ffmpeg 9.0.2 of Debian's unstable.
#
# Installs ffmpeg of Debian 12 and of Debian 13 and libheif's programs of Debian 12 in a temporary folder (from where this machine's apt gets Debian; amd64, apt
# and dpkg), and fails where what is written above no longer holds.
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
  apt-get "${options[@]}" -y --download-only --no-install-recommends install "${@:2}" >/dev/null
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

fetch bookworm ffmpeg libheif-examples
fetch trixie ffmpeg
cd "$folder"
# avifenc --crop 8,8,32,32 of a picture of 64x48.
base64 -d >part.avif <<'AVIF'
AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUEAAAEbbWV0YQAAAAAAAAAoaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAGxpYmF2aWYAAAAADnBpdG0AAAAAAAEAAAAeaWxvYwAAAABEAA
ABAAEAAAABAAABQwAAAGQAAAAoaWluZgAAAAAAAQAAABppbmZlAgAAAAABAABhdjAxQ29sb3IAAAAAk2lwcnAAAABzaXBjbwAAABRpc3BlAAAAAAAAAEAAAAAwAAAAEHBpeGkAAAAAAwgICAAAAAxh
djFDgSAAAAAAABNjb2xybmNseAABAA0ABoAAAAAoY2xhcAAAACAAAAABAAAAIAAAAAH////4AAAAAQAAAAAAAAABAAAAGGlwbWEAAAAAAAAAAQABBQECgwSFAAAAbG1kYXQSAAoJOBV/v5QENBpAMl
UWQAgQQQRg2S4nWFRLOvzL/5dyxGjhwl1TKJC9yjdjNYT1BM70FpH3RNXx2j7f3jQHIaVU/SJW9g13WeUknYCXnYbPrVoF8Gm2hvm0eUzv9jwfeXyE
AVIF

for release in bookworm trixie; do
  run "$release" ffmpeg -hide_banner -version | sed -n 1p
  size=$(run "$release" ffprobe -v error -show_entries stream=width,height -of csv=p=0:s=x part.avif 2>said || sed 's/.*: //' said | tail -n 1)
  echo "$release: $size" | tee -a seen
done
echo "libheif: $(run bookworm heif-info part.avif | sed -n 's/^image: \([0-9x]*\).*/\1/p')" | tee -a seen

diff seen - <<'SEEN'
bookworm: 64x48
trixie: Invalid data found when processing input
libheif: 32x32
SEEN
