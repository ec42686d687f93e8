package io.knit.core.server.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.testkit.ImageBytes;
import io.knit.testkit.TarBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is taken of a tar, and what is not. */
class SavedImageTest {
    private static final byte[] ONE = ImageBytes.layer(1, 700);
    private static final byte[] TWO = ImageBytes.layer(2, 100_000);

    @TempDir
    Path folder;

    private SavedImage read(byte[] tar, FileChannel[] kept) throws IOException {
        Path file = folder.resolve("image.tar");
        Files.write(file, tar);
        kept[0] = FileChannel.open(file);
        return SavedImage.read(kept[0], "shop:3");
    }

    private static byte[] all(ImagePieces pieces) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] piece = pieces.next(); piece != null; piece = pieces.next()) {
            assertThat(piece.length).isBetween(1, 32 * 1024);
            all.writeBytes(piece);
        }
        assertThat((long) all.size()).isEqualTo(pieces.bytes());
        return all.toByteArray();
    }

    @Test
    @DisplayName(
            "what is sent is made anew: its configuration, one manifest and its layers, each once, without those that are left out")
    void madeAnew() throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>(ImageBytes.files("\"shop:3\"", ONE, TWO, ONE));
        files.put("index.json", "{\"manifests\":[]}".getBytes(StandardCharsets.UTF_8));
        files.put("repositories", "{}".getBytes(StandardCharsets.UTF_8));
        FileChannel[] open = new FileChannel[1];
        var image = read(TarBytes.of(files), open);
        try (FileChannel file = open[0]) {
            assertThat(image.asked().name()).isEqualTo("shop:3");
            assertThat(image.id()).matches("sha256:[0-9a-f]{64}");
            assertThat(image.asked().layers()).hasSize(3);
            assertThat(image.asked().layers().get(0))
                    .isEqualTo(image.asked().layers().get(2));
            Map<String, byte[]> sent = TarBytes.read(all(image.pieces(0)));
            assertThat(sent).containsOnlyKeys("manifest.json", "config.json", "layer-0.tar", "layer-1.tar");
            assertThat(sent.get("layer-0.tar")).isEqualTo(ONE);
            assertThat(sent.get("layer-1.tar")).isEqualTo(TWO);
            assertThat(new String(sent.get("manifest.json"), StandardCharsets.UTF_8))
                    .isEqualTo(
                            "[{\"Config\":\"config.json\",\"RepoTags\":[\"shop:3\"],\"Layers\":[\"layer-0.tar\",\"layer-1.tar\",\"layer-0.tar\"]}]");
            assertThat(TarBytes.read(all(image.pieces(1))))
                    .as("the first is needed as the third")
                    .containsOnlyKeys("manifest.json", "config.json", "layer-0.tar", "layer-1.tar");
            assertThat(TarBytes.read(all(image.pieces(3)))).containsOnlyKeys("manifest.json", "config.json");
        }
    }

    private static byte[] named(String names) {
        return TarBytes.of(ImageBytes.files(names, ONE));
    }

    private static byte[] with(String name, String content) {
        Map<String, byte[]> files = new LinkedHashMap<>(ImageBytes.files("\"shop:3\"", ONE));
        files.put(name, content.getBytes(StandardCharsets.UTF_8));
        return TarBytes.of(files);
    }

    private static byte[] without(String end) {
        Map<String, byte[]> files = new LinkedHashMap<>(ImageBytes.files("\"shop:3\"", ONE));
        files.keySet().removeIf(name -> name.endsWith(end));
        return TarBytes.of(files);
    }

    /** With the type of its first entry, and where that leads if it is a link. */
    private static byte[] typed(char type, String link) {
        byte[] tar = ImageBytes.of("shop:3", ONE);
        byte[] target = link.getBytes(StandardCharsets.UTF_8);
        tar[156] = (byte) type;
        System.arraycopy(target, 0, tar, 157, target.length);
        Arrays.fill(tar, 148, 156, (byte) ' ');
        int sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += tar[i] & 0xff;
        }
        byte[] digits = String.format(Locale.ROOT, "%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, tar, 148, digits.length);
        return tar;
    }

    static Stream<Arguments> wrong() {
        byte[] good = ImageBytes.of("shop:3", ONE);
        byte[] changed = good.clone();
        changed[3] ^= 1;
        String two = new String(ImageBytes.files("\"shop:3\"", ONE).get("manifest.json"), StandardCharsets.UTF_8);
        String one = two.substring(1, two.length() - 1);
        return Stream.of(
                Arguments.of("another name", named("\"shop:4\""), "has the image shop:4, and not just shop:3"),
                Arguments.of("two names", named("\"shop:3\",\"nginx:1\""), "has the image shop:3, nginx:1"),
                Arguments.of("the same twice", named("\"shop:3\",\"shop:3\""), "and not just shop:3"),
                Arguments.of("no name", named(""), "has an image without a name"),
                Arguments.of("two images", with("manifest.json", "[" + one + "," + one + "]"), "has 2 images"),
                Arguments.of("no images", with("manifest.json", "[]"), "names no image"),
                Arguments.of("no manifest", without("manifest.json"), "lacks manifest.json"),
                Arguments.of("a manifest that is none", with("manifest.json", "{"), "what is no JSON"),
                Arguments.of("no configuration", without("json"), "lacks manifest.json"),
                Arguments.of("no layer", without("layer.tar"), "layer.tar"),
                Arguments.of("too few layers", with("manifest.json", one(one)), "has 0 layers"),
                Arguments.of("nothing", new byte[0], "is empty"),
                Arguments.of("an empty tar", new byte[1024], "is empty"),
                Arguments.of("no end", Arrays.copyOf(good, good.length - 1024), "its end is missing"),
                Arguments.of("cut off", Arrays.copyOf(good, 800), "ends in the middle of an entry"),
                Arguments.of("no tar", "hello".repeat(200).getBytes(StandardCharsets.UTF_8), "is none"),
                Arguments.of("changed", changed, "is none"),
                Arguments.of(
                        "gzip",
                        Arrays.copyOf(new byte[] {0x1f, (byte) 0x8b, 8, 0}, 1024),
                        "is compressed; send it as docker save gives it"),
                Arguments.of("a way out", with("../../etc/passwd", "x"), "leads out of it"),
                Arguments.of("a path from the root", with("/etc/passwd", "x"), "leads out of it"),
                Arguments.of("a link out", typed('2', "../../etc/shadow"), "leads out of it"),
                Arguments.of("a link to the root", typed('1', "/etc/shadow"), "leads out of it"),
                Arguments.of("a link to nothing", typed('2', "nothing"), "layer.tar"),
                Arguments.of("a link to itself", typed('2', "layer.tar"), "links that lead nowhere"),
                Arguments.of("a device", typed('3', ""), "no file, folder or link"),
                Arguments.of("a sparse file", typed('S', ""), "no file, folder or link"));
    }

    private static String one(String manifest) {
        return "[" + manifest.replaceAll("\"Layers\":\\[.*?\\]", "\"Layers\":[]") + "]";
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    @DisplayName("what is not exactly this one image is refused, in words")
    void refused(String what, byte[] tar, String words) throws IOException {
        FileChannel[] open = new FileChannel[1];
        assertThatThrownBy(() -> read(tar, open))
                .as(what)
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_VALUE))
                .hasMessageContaining(words)
                .hasMessageEndingWith("nothing was pushed");
        open[0].close();
    }
}
