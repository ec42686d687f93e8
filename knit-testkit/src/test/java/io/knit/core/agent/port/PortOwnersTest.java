package io.knit.core.agent.port;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Protocol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who has a port. */
class PortOwnersTest {
    private static final String HEAD =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

    private final FileSystem fs = Jimfs.newFileSystem(Configuration.unix());
    private final PortOwners owners = new PortOwners(fs.getPath("/"));

    private static PortBinding port(String ip, int number, Protocol protocol) {
        return new PortBinding(ip, number, 80, protocol);
    }

    private static PortBinding tcp(String ip, int number) {
        return port(ip, number, Protocol.TCP);
    }

    private void table(String name, String... lines) {
        write("/proc/net/" + name, HEAD + String.join("\n", lines) + "\n");
    }

    private static String line(String local, String state, int uid, int inode) {
        return "   0: " + local + " 00000000:0000 " + state + " 00000000:00000000 00:00000000 00000000  " + uid
                + "        0 " + inode + " 1 0000000000000000 100 0 0 10 0";
    }

    private void write(String path, String text) {
        try {
            Path file = fs.getPath(path);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void process(int id, String name, String... files) throws IOException {
        write("/proc/" + id + "/comm", name + "\n");
        Files.createDirectories(fs.getPath("/proc/" + id + "/fd"));
        for (int i = 0; i < files.length; i++) {
            Files.createSymbolicLink(fs.getPath("/proc/" + id + "/fd/" + i), fs.getPath(files[i]));
        }
    }

    @ParameterizedTest(name = "{0}:{1} {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "127.0.0.1 | 8080 | TCP | nginx (process 12)",
                "0.0.0.0   | 8080 | TCP | nginx (process 12)",
                "10.0.0.1  | 8080 | TCP | ''",
                "127.0.0.1 | 8081 | TCP | ''",
                "127.0.0.1 | 8080 | UDP | ''",
                "10.0.0.1  | 53   | UDP | dnsmasq (process 13)",
                "10.0.0.1  | 5432 | TCP | postgres (process 14)",
                "127.0.0.1 | 9090 | TCP | a process of user daemon",
                "127.0.0.1 | 9091 | TCP | a process of user 4711"
            })
    @DisplayName("is the program with the socket, else its user, and nobody where there is no such socket")
    void found(String ip, int number, Protocol protocol, String words) throws IOException {
        table(
                "tcp",
                line("0100007F:1F90", "0A", 0, 101),
                line("0100007F:1F91", "01", 0, 102),
                line("0100007F:2382", "0A", 1, 103),
                line("0100007F:2383", "0A", 4711, 104));
        table("udp", line("00000000:0035", "07", 0, 105));
        table(
                "tcp6",
                "   0: 00000000000000000000000000000000:1538 "
                        + line("x", "0A", 0, 106).split(" x ", 2)[1]);
        write("/etc/passwd", "root:x:0:0::/:/bin/sh\ndaemon:x:1:1::/:/bin/false\n");
        process(11, "sshd", "/dev/null", "socket:[99]");
        process(12, "nginx", "/dev/null", "socket:[101]", "socket:[102]");
        process(13, "dnsmasq", "socket:[105]");
        process(14, "postgres", "socket:[106]");
        write("/proc/15/comm", "whose files are not to be seen\n");
        assertThat(owners.owner(port(ip, number, protocol))).isEqualTo(words);
    }

    @Test
    @DisplayName("has no line break, escape or length in a name that it gave itself")
    void named() throws IOException {
        table("tcp", line("00000000:0050", "0A", 0, 7));
        process(12, "\u001b[31mred\u202e" + "x".repeat(100), "socket:[7]");
        assertThat(owners.owner(tcp("0.0.0.0", 80)))
                .startsWith("?[31mred?x")
                .endsWith("x… (process 12)")
                .hasSizeLessThan(60);
    }

    @Test
    @DisplayName("is nobody that is known where the host shows no such tables, or rubbish")
    void unknown() throws IOException {
        assertThat(owners.owner(tcp("0.0.0.0", 80))).isEmpty();
        table(
                "tcp",
                "",
                "rubbish",
                line("zz:0050", "0A", 0, 7),
                line("00:0050", "0A", 0, 7),
                "1 2 3 4 5 6 7 8 9 10 11");
        assertThat(owners.owner(tcp("0.0.0.0", 80))).isEmpty();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @DisplayName("is this very program on a real host, by IPv4, IPv6 and UDP")
    void really() throws IOException {
        PortOwners real = new PortOwners(Path.of("/"));
        String self = "(process " + ProcessHandle.current().pid() + ")";
        try (ServerSocket any = new ServerSocket(0);
                ServerSocket one = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                DatagramSocket udp = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
            assertThat(real.owner(tcp("127.0.0.1", any.getLocalPort()))).endsWith(self);
            assertThat(real.owner(tcp("127.0.0.1", one.getLocalPort()))).endsWith(self);
            assertThat(real.owner(tcp("127.0.0.2", one.getLocalPort()))).isEmpty();
            assertThat(real.owner(port("127.0.0.1", udp.getLocalPort(), Protocol.UDP)))
                    .endsWith(self);
            assertThat(real.owner(tcp("127.0.0.1", udp.getLocalPort()))).isEmpty();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @DisplayName("is a child of another name on a real host")
    void child() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            free = socket.getLocalPort();
        }
        String java = ProcessHandle.current().info().command().orElse("java");
        Path source = Files.createTempFile("Holder", ".java");
        Files.writeString(
                source,
                "class Holder { public static void main(String[] a) throws Exception { new java.net.ServerSocket("
                        + free
                        + ", 1, java.net.InetAddress.getByName(\"127.0.0.1\")); System.out.println(\"held\"); System.in.read(); } }");
        Process holder = new ProcessBuilder(List.of(java, source.toString())).start();
        try {
            assertThat(holder.inputReader().readLine()).isEqualTo("held");
            assertThat(new PortOwners(Path.of("/")).owner(tcp("127.0.0.1", free)))
                    .isEqualTo("java (process " + holder.pid() + ")");
        } finally {
            holder.destroy();
            holder.waitFor(10, TimeUnit.SECONDS);
            Files.delete(source);
        }
    }
}
