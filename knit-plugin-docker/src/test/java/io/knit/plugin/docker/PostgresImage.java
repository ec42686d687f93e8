package io.knit.plugin.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** An image with the PostgreSQL of Debian's package, its tools and a busybox, made of this host's files. */
final class PostgresImage implements AutoCloseable {
    private static final Path INSTALLED = Path.of("/usr/lib/postgresql");
    private static final String MAKE = """
            set -e
            bin=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
            version=$(basename "$(dirname "$bin")")
            root=$(mktemp -d)
            trap 'rm -rf "$root"' EXIT
            mkdir -p "$root/bin" "$root/tmp" "$root/etc" "$root/usr/share" "$root$(dirname "$bin")"
            chmod 755 "$root"
            chmod 1777 "$root/tmp"
            cp /bin/busybox "$root/bin/busybox"
            for applet in $(/bin/busybox --list); do
                [ "$applet" = busybox ] || ln -sf busybox "$root/bin/$applet"
            done
            cp -r "$bin" "/usr/lib/postgresql/$version/lib" "$root/usr/lib/postgresql/$version/"
            cp -r /usr/share/postgresql "$root/usr/share/"
            for library in $(ldd "$bin/postgres" "$bin/psql" "$bin/initdb" | awk '/=> \\//{print $3} /ld-linux/{print $1}' | sort -u); do
                mkdir -p "$root$(dirname "$library")"
                cp -L "$library" "$root$library"
            done
            printf 'root:x:0:0::/:/bin/sh\\npostgres:x:70:70::/tmp:/bin/sh\\n' >"$root/etc/passwd"
            printf 'root:x:0:\\npostgres:x:70:\\n' >"$root/etc/group"
            tar -C "$root" -c . | docker import --change "ENV PATH=/bin:$bin" - "$1"
            """;

    final String name;

    PostgresImage(String name) throws IOException, InterruptedException {
        this.name = name;
        run("sh", "-c", MAKE, "sh", name);
    }

    static boolean canBeMade() {
        return Files.isDirectory(INSTALLED);
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new IOException(said);
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        run("docker", "rmi", "--force", name);
    }
}
