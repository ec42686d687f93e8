package io.knit.core.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarCheckTest {
    private static final int BLOCK = 512;

    /** Put together by hand, entry by entry. */
    private static final class Tar {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Tar entry(char type, String name, String link, byte[] body) {
            byte[] head = new byte[BLOCK];
            put(head, 0, name);
            put(head, 124, String.format(Locale.ROOT, "%011o", body.length));
            head[156] = (byte) type;
            put(head, 157, link);
            put(head, 257, "ustar\00000");
            Arrays.fill(head, 148, 156, (byte) ' ');
            int sum = 0;
            for (byte one : head) {
                sum += one & 0xff;
            }
            put(head, 148, String.format(Locale.ROOT, "%06o\0", sum));
            bytes.writeBytes(head);
            bytes.writeBytes(body);
            bytes.writeBytes(new byte[(BLOCK - body.length % BLOCK) % BLOCK]);
            return this;
        }

        Tar file(String name, String text) {
            return entry('0', name, "", text.getBytes(StandardCharsets.UTF_8));
        }

        Tar said(String key, String value) {
            String rest = " " + key + "=" + value + "\n";
            int length = rest.length() + 1;
            while (String.valueOf(length).length() + rest.length() != length) {
                length++;
            }
            return entry('x', "PaxHeaders/x", "", (length + rest).getBytes(StandardCharsets.UTF_8));
        }

        byte[] open() {
            return bytes.toByteArray();
        }

        byte[] ended() {
            byte[] open = open();
            return Arrays.copyOf(open, open.length + 2 * BLOCK);
        }

        private static void put(byte[] head, int at, String text) {
            byte[] all = text.getBytes(StandardCharsets.UTF_8);
            System.arraycopy(all, 0, head, at, all.length);
        }
    }

    private static TarCheck pass(byte[] tar, int piece) {
        TarCheck check = new TarCheck("volume");
        for (int at = 0; at < tar.length; at += piece) {
            check.take(Arrays.copyOfRange(tar, at, Math.min(tar.length, at + piece)));
        }
        return check;
    }

    private static Tar some() {
        return new Tar()
                .entry('5', "volume/", "", new byte[0])
                .file("volume/a", "hello")
                .file("./volume/b", "x".repeat(2000))
                .entry('2', "volume/link", "/etc/passwd", new byte[0])
                .entry('1', "volume/hard", "volume/a", new byte[0])
                .said("path", "volume/" + "long".repeat(60))
                .file("volume/short", "y".repeat(BLOCK));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 511, 512, 513, 4096, 1 << 20})
    @DisplayName("a whole one is taken, in pieces of any size; what is behind its end does not matter")
    void whole(int piece) {
        byte[] tar = some().ended();
        TarCheck check = pass(Arrays.copyOf(tar, tar.length + 9_000), piece);
        check.requireWhole();
        assertThat(check.entries()).isEqualTo(6);
    }

    @Test
    @DisplayName("one that is cut off is told from a whole one, wherever that is, also between two entries")
    void cutOff() {
        byte[] tar = some().ended();
        for (int length = 0; length < tar.length; length += 128) {
            TarCheck check = pass(Arrays.copyOf(tar, length), 1000);
            assertThatThrownBy(check::requireWhole)
                    .as("the first %s of %s", length, tar.length)
                    .hasMessageContaining("not whole");
        }
    }

    @Test
    @DisplayName("what lacks a part in its middle, or is none, is refused while it comes")
    void torn() {
        byte[] tar = some().ended();
        byte[] torn = new byte[tar.length - 100];
        System.arraycopy(tar, 0, torn, 0, 1500);
        System.arraycopy(tar, 1600, torn, 1500, tar.length - 1600);
        assertThatThrownBy(() -> pass(torn, 1000)).hasMessageContaining("lost or changed");
        assertThatThrownBy(() -> pass("PK".repeat(600).getBytes(StandardCharsets.UTF_8), 1000))
                .hasMessageContaining("is none");
        byte[] hole = some().open();
        ByteArrayOutputStream zero = new ByteArrayOutputStream();
        zero.writeBytes(hole);
        zero.writeBytes(new byte[BLOCK]);
        zero.writeBytes(some().ended());
        assertThatThrownBy(() -> pass(zero.toByteArray(), 1000)).hasMessageContaining("lost or changed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"etc/passwd", "volumes/a", "volume/../etc/passwd", "/volume/a", "../volume/a", "a", "./a"})
    @DisplayName("an entry that is not of the folder is refused: it would be unpacked where nobody finds it")
    void elsewhere(String name) {
        assertThatThrownBy(() -> pass(new Tar().file(name, "x").ended(), 1000))
                .hasMessageContaining("not of its folder");
        assertThatThrownBy(() ->
                        pass(new Tar().entry('1', "volume/a", name, new byte[0]).ended(), 1000))
                .hasMessageContaining("not of its folder");
        assertThatThrownBy(() ->
                        pass(new Tar().said("path", name).file("volume/a", "x").ended(), 1000))
                .hasMessageContaining("not of its folder");
        byte[] gnu = (name + "\0").getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> pass(
                        new Tar()
                                .entry('L', "././@LongLink", "", gnu)
                                .file("volume/a", "x")
                                .ended(),
                        1000))
                .hasMessageContaining("not of its folder");
    }

    @Test
    @DisplayName("a size that is said of an entry counts, not the one in its head; what can't be read is refused")
    void saidSizes() {
        byte[] body = "z".repeat(1500).getBytes(StandardCharsets.UTF_8);
        byte[] tar = new Tar().said("size", "1500").file("volume/large", "").open();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(tar);
        all.writeBytes(Arrays.copyOf(body, 3 * BLOCK));
        all.writeBytes(new byte[2 * BLOCK]);
        assertThatCode(() -> pass(all.toByteArray(), 1000).requireWhole()).doesNotThrowAnyException();
        byte[] words = "12 size=nine\n".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> pass(new Tar().entry('x', "x", "", words).ended(), 1000))
                .hasMessageContaining("can't be read");
        assertThatThrownBy(() ->
                        pass(new Tar().entry('x', "x", "", new byte[2 << 20]).ended(), 1000))
                .hasMessageContaining("says more than");
    }
}
