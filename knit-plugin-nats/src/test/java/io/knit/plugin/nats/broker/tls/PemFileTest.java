package io.knit.plugin.nats.broker.tls;

import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.plugin.nats.broker.EmbeddedNats;
import io.knit.plugin.nats.broker.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PemFileTest {
    private static final Path CERTIFICATE = TestCertificates.pemOf("server");
    private static final Path KEY = TestCertificates.keyOf("server");

    @TempDir
    private Path folder;

    private String refusal(Path certificate, Path key) {
        return refusal(ErrorCode.INVALID_CONFIGURATION, certificate, key);
    }

    private String refusal(ErrorCode code, Path certificate, Path key) {
        TlsOptions options =
                TlsOptions.builder().certificate(certificate).key(key).build();
        KnitException failure = failure(EmbeddedNats.builder().tls(options).start());
        assertThat(failure.code()).isEqualTo(code);
        return failure.getMessage();
    }

    private Path holding(String text) throws IOException {
        return Files.writeString(folder.resolve("file.pem"), text);
    }

    private static String block(String kind, String content) {
        return "-----BEGIN " + kind + "-----\n" + content + "\n-----END " + kind + "-----\n";
    }

    @Test
    void wrongCertificates() throws IOException {
        Path missing = folder.resolve("missing.pem");
        assertThat(refusal(ErrorCode.FILE_UNAVAILABLE, missing, KEY))
                .isEqualTo("the NATS TLS certificate " + missing + " does not exist");
        assertThat(refusal(folder, KEY)).endsWith("is no file");
        assertThat(refusal(KEY, KEY)).endsWith("are certificate and key interchanged?");
        assertThat(refusal(holding("none"), KEY)).contains("holds no certificate; give a PEM file");
        assertThat(refusal(holding(block("CERTIFICATE", "AAAA")), KEY))
                .contains("holds a certificate that can't be read");
        assertThat(refusal(holding("x".repeat(2_000_000)), KEY)).endsWith("is larger than a megabyte and no PEM file");
    }

    @Test
    @DisplayName("what is just being written may be right later")
    void half() throws IOException {
        for (Path whole : List.of(CERTIFICATE, KEY)) {
            String text = Files.readString(whole).strip();
            int length = text.length();
            // in the middle of the first line, of what follows, and of the last line
            IntStream cuts = IntStream.concat(
                    IntStream.of(0, length / 2),
                    IntStream.concat(
                            IntStream.range(1, 30), IntStream.range(1, 30).map(rest -> length - rest)));
            for (int cut : cuts.toArray()) {
                refusedFor(whole, text.substring(0, cut));
            }
            for (int cut : new int[] {1, 8, 20, length / 2, length - 10, length - 1}) {
                refusedFor(whole, text + "\n" + text.substring(0, cut));
            }
            refusedFor(whole, text.substring(0, length / 2) + "\n" + text);
        }
    }

    private void refusedFor(Path whole, String half) throws IOException {
        Path cut = holding(half);
        boolean key = whole.equals(KEY);
        assertThat(refusal(ErrorCode.FILE_UNAVAILABLE, key ? CERTIFICATE : cut, key ? cut : KEY))
                .as(half)
                .endsWith(" is empty or ends in the middle of a block; copy it again");
    }

    @Test
    @DisplayName("what is written beside the blocks, as openssl does, is passed over")
    void wordsBeside() throws IOException {
        Path with = holding("Bag Attributes: --\n-----\n" + Files.readString(CERTIFICATE) + "issuer = a-b ----\n");
        BrokerTls.open(TlsOptions.builder().certificate(with).key(KEY).build()).close();
    }

    @Test
    @DisplayName("a wrong key is told apart, and nothing of it is repeated")
    void wrongKeys() throws IOException {
        String content = Files.readString(KEY).split("\n", -1)[1];
        assertThat(refusal(CERTIFICATE, CERTIFICATE)).contains("holds a certificate and no private key");
        assertThat(refusal(ErrorCode.FILE_UNAVAILABLE, CERTIFICATE, TestCertificates.keyOf("second")))
                .contains("does not belong to the certificate");
        assertThat(refusal(CERTIFICATE, holding("nothing"))).contains("-----BEGIN PRIVATE KEY-----");
        for (String kind : List.of("RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY")) {
            assertThat(refusal(CERTIFICATE, holding(block(kind, content))))
                    .contains("openssl pkcs8 -topk8 -nocrypt -in " + folder.resolve("file.pem"))
                    .doesNotContain(content);
        }
        String broken = content.substring(8);
        TlsOptions options = TlsOptions.builder()
                .certificate(CERTIFICATE)
                .key(holding(block("PRIVATE KEY", broken)))
                .build();
        assertThatThrownBy(() -> BrokerTls.open(options))
                .hasMessageContaining("can't be read as a key of the certificate's kind (EC)")
                .hasMessageNotContaining(broken)
                .hasNoCause();
    }

    @Test
    @DisplayName("the command that the message gives makes a key that is taken")
    void convertedKey() throws Exception {
        Path old = folder.resolve("old.key");
        Path made = folder.resolve("new.key");
        openssl("ec", "-in", KEY.toString(), "-out", old.toString());
        assertThat(Files.readString(old)).contains("BEGIN EC PRIVATE KEY");
        openssl("pkcs8", "-topk8", "-nocrypt", "-in", old.toString(), "-out", made.toString());
        BrokerTls.open(TlsOptions.builder().certificate(CERTIFICATE).key(made).build())
                .close();
    }

    private static void openssl(String... words) throws Exception {
        try {
            Process process =
                    new ProcessBuilder(command(words)).redirectErrorStream(true).start();
            process.getInputStream().readAllBytes();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } catch (IOException e) {
            Assumptions.abort("openssl is not installed");
        }
    }

    private static List<String> command(String... words) {
        List<String> command = new java.util.ArrayList<>(List.of("openssl"));
        command.addAll(List.of(words));
        return command;
    }
}
