set -e
image=$1; shift
bin=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
version=$(basename "$(dirname "$bin")")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root/bin" "$root/tmp" "$root/etc" "$root/run" "$root/var/run" "$root/var/log/nginx" "$root/var/lib/nginx" "$root/var/lib/opensmtpd/empty" "$root/var/spool/smtpd" "$root/usr/share" "$root/usr/lib/postgresql/$version"
chmod 755 "$root"
chmod 1777 "$root/tmp"
cp /bin/busybox "$root/bin/busybox"
for applet in $(/bin/busybox --list); do
    [ "$applet" = busybox ] || ln -sf busybox "$root/bin/$applet"
done
cp -r "$bin" "/usr/lib/postgresql/$version/lib" "$root/usr/lib/postgresql/$version/"
cp -r /usr/share/postgresql "$root/usr/share/"
mkdir -p "$root/usr/libexec" "$root/usr/lib"
cp -r /usr/libexec/opensmtpd "$root/usr/libexec/"
cp -a /usr/lib/git-core "$root/usr/lib/"
for program in $(find "$bin" /usr/libexec/opensmtpd -type f) "$@"; do
    case $program in "$bin"/*|/usr/libexec/*) ;; *) rm -f "$root/bin/$(basename "$program")"; cp -L "$program" "$root/bin/" ;; esac
    ldd "$program" 2>/dev/null | awk '/=> \//{print $3} /ld-linux/{print $1}'
done | sort -u | while read -r library; do
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
done
cat >"$root/etc/passwd" <<P
root:x:0:0::/:/bin/sh
postgres:x:70:70::/tmp:/bin/sh
www-data:x:33:33::/tmp:/bin/sh
opensmtpd:x:101:101::/var/lib/opensmtpd/empty:/bin/false
opensmtpq:x:102:102::/var/lib/opensmtpd/empty:/bin/false
ann:x:1000:1000::/mail:/bin/sh
P
cat >"$root/etc/group" <<P
root:x:0:
postgres:x:70:
www-data:x:33:
opensmtpd:x:101:
opensmtpq:x:102:
ann:x:1000:
P
tar -C "$root" -c . | docker import --change "ENV PATH=/bin:$bin:/usr/lib/git-core" - "$image"
