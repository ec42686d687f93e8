package io.knit.core.server.http.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.KnitException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FormPartsTest {
    private static final String TYPE = "multipart/form-data; boundary=----b";

    private static byte[] form(byte[] file) {
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        form.writeBytes(bytes("------b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nabc\r\n"
                + "------b\r\nContent-Disposition: form-data; name=\"nodes\"\r\n\r\n\r\n"
                + "------b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a \\\"name.tar\"\r\n"
                + "Content-Type: application/x-tar\r\n\r\n"));
        form.writeBytes(file);
        form.writeBytes(bytes("\r\n------b--\r\n"));
        return form.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Bytes that look like borders all the time. */
    private static byte[] tricky(int length, Random random) {
        byte[] letters = bytes("\r\n-b");
        byte[] file = new byte[length];
        for (int i = 0; i < length; i++) {
            file[i] = letters[random.nextInt(letters.length)];
        }
        return file;
    }

    @Test
    @DisplayName("however its bytes are cut, the fields and the file are those that were sent")
    void cuts() {
        Random random = new Random(7);
        for (int round = 0; round < 400; round++) {
            byte[] file = tricky(random.nextInt(90), random);
            if (new String(file, StandardCharsets.US_ASCII).contains("\r\n------b")) {
                continue;
            }
            byte[] form = form(file);
            FormParts parts = FormParts.of(TYPE);
            ByteArrayOutputStream came = new ByteArrayOutputStream();
            int most = 1 + random.nextInt(form.length);
            for (int at = 0; at < form.length; ) {
                int next = Math.min(form.length, at + 1 + random.nextInt(most));
                came.writeBytes(parts.take(Arrays.copyOfRange(form, at, next)));
                at = next;
            }
            assertThat(came.toByteArray()).as("round %d", round).isEqualTo(file);
            assertThat(parts.whole()).as("round %d", round).isTrue();
            assertThat(parts.fields())
                    .containsExactly(new FormParts.Named("csrf", "abc"), new FormParts.Named("nodes", ""));
        }
    }

    @Test
    @DisplayName("the fields are known when the file begins, and a large file is not kept")
    void large() {
        FormParts parts = FormParts.of("Multipart/Form-Data; charset=utf-8; boundary=\"----b\"");
        byte[] form = form(new byte[0]);
        int end = form.length - "\r\n------b--\r\n".length();
        parts.take(Arrays.copyOf(form, end));
        assertThat(parts.filed()).isTrue();
        assertThat(parts.whole()).isFalse();
        assertThat(parts.fields()).hasSize(2);
        long came = 0;
        for (int i = 0; i < 64; i++) {
            int next = parts.take(new byte[1 << 16]).length;
            assertThat(next).isGreaterThanOrEqualTo((1 << 16) - 16);
            came += next;
        }
        came += parts.take(bytes("\r\n------b--\r\n")).length;
        assertThat(came).isEqualTo(64L << 16);
        assertThat(parts.whole()).isTrue();
    }

    @Test
    @DisplayName("a form without a file has its fields, too")
    void without() {
        FormParts parts = FormParts.of(TYPE);
        assertThat(parts.take(bytes("------b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nü\r\n------b--\r\n")))
                .isEmpty();
        assertThat(parts.whole()).isTrue();
        assertThat(parts.filed()).isFalse();
        assertThat(parts.fields()).containsExactly(new FormParts.Named("a", "ü"));
    }

    @Test
    @DisplayName("what is beside the file is bounded, before it and behind it, field by field and together")
    void bounded() {
        String field = "------b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" + "x".repeat(5000) + "\r\n";
        assertThatThrownBy(() -> FormParts.of(TYPE).take(bytes(field.repeat(4))))
                .isInstanceOf(KnitException.class)
                .hasMessageContaining("more than 16 KiB beside its file");
        assertThatThrownBy(() -> FormParts.of(TYPE).take(new byte[20_000])).hasMessageContaining("more than 16 KiB");
        FormParts parts = FormParts.of(TYPE);
        parts.take(form(new byte[5]));
        for (int i = 0; i < 100; i++) {
            // what comes behind the end is nobody's, and not kept
            assertThat(parts.take(new byte[1 << 10])).isEmpty();
        }
    }

    @ParameterizedTest
    @DisplayName("what is no such form is refused in words")
    @ValueSource(
            strings = {
                "------bx\r\n",
                "------b\r\nContent-Disposition: form-data\r\n\r\n",
                "------b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\"\r\n\r\n\r\n------b\r\n",
            })
    void broken(String form) {
        assertThatThrownBy(() -> FormParts.of(TYPE).take(bytes(form)))
                .isInstanceOf(KnitException.class)
                .hasMessageContaining("not as browsers send one");
    }

    @ParameterizedTest
    @DisplayName("another type is refused with what is taken")
    @ValueSource(strings = {"", "application/x-tar", "multipart/form-data", "application/json; boundary=b"})
    void types(String type) {
        assertThatThrownBy(() -> FormParts.of(type))
                .isInstanceOf(KnitException.class)
                .hasMessageContaining("multipart/form-data");
    }
}
