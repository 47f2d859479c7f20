#!/usr/bin/env bash
# ffmpeg 7.1 converts pixels where -colorspace is given for the output and the frames name no matrix. In 5.1 the same option wrote a tag and left every pixel
# alone, and one would expect that of it still: commands that tag what was never tagged are old and many. Frames without a name are taken for BT.601, so that
# video that is BT.709 and only lacks its tag comes out tagged rightly and with wrong colours. Nothing is said above the log level "verbose".
#
# Seen: a lossless copy (FFV1) of one picture without a tag, made with -colorspace bt709, is up to 28 steps away from the picture with 7.1.5 (and with 9.0.2 of
# Debian's unstable), and equal with 5.1.9. With "-vf setparams=colorspace=bt709" instead the copy is equal, and tagged, with all of them.
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

for release in bookworm trixie; do
  fetch "$release"
  echo "$(run "$release" ffmpeg -hide_banner -version | sed -n 1p)"
  cd "$folder/$release"
  raw=(-nostdin -v error -f rawvideo -pix_fmt yuv420p -s 64x48)
  run "$release" ffmpeg -nostdin -v error -f lavfi -i testsrc2=s=64x48:r=1:d=1,format=yuv420p -f rawvideo picture.yuv
  run "$release" ffmpeg "${raw[@]}" -i picture.yuv -c:v ffv1 -colorspace bt709 option.mkv
  run "$release" ffmpeg "${raw[@]}" -i picture.yuv -vf setparams=colorspace=bt709 -c:v ffv1 setparams.mkv
  for copy in option setparams; do
    run "$release" ffmpeg -nostdin -v error -i "$copy.mkv" -f rawvideo "$copy.yuv"
    tag=$(run "$release" ffprobe -v error -show_entries stream=color_space -of csv=p=0 "$copy.mkv")
    steps=$(python3 -c "print(max(abs(a - b) for a, b in zip(open('picture.yuv', 'rb').read(), open('$copy.yuv', 'rb').read())))")
    echo "$release $copy: $tag, at most $steps apart" | tee -a "$folder/seen"
  done
done

diff "$folder/seen" - <<'SEEN'
bookworm option: bt709, at most 0 apart
bookworm setparams: bt709, at most 0 apart
trixie option: bt709, at most 28 apart
trixie setparams: bt709, at most 0 apart
SEEN
