package io.knit.plugin.nats.broker.tls;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A PEM file, read anew at each question. Of a wrong one it says what is wrong and what to do, and never repeats what stands in it. */
final class PemFile {
    private static final long MOST_BYTES = 1024 * 1024;
    private static final String BEGIN = "-----BEGIN ";
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----(.*?)-----END \\1-----", Pattern.DOTALL);
    private static final byte[] TO_SIGN = {1, 2, 3};

    private final String what;
    private final Path path;

    /** @param what what the file is, for messages: {@code certificate} */
    PemFile(String what, Path path) {
        this.what = what;
        this.path = path;
    }

    /** The certificates, at least one. */
    List<X509Certificate> certificates() {
        List<X509Certificate> certificates = new ArrayList<>();
        String text = text();
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            if (block.group(1).equals("CERTIFICATE")) {
                certificates.add(certificate(block.group()));
            }
        }
        if (certificates.isEmpty()) {
            throw wrong(
                    text.contains("PRIVATE KEY-----")
                            ? "holds a private key and no certificate; are certificate and key interchanged?"
                            : "holds no certificate; give a PEM file with -----BEGIN CERTIFICATE-----",
                    null);
        }
        return certificates;
    }

    private X509Certificate certificate(String block) {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(block.getBytes(StandardCharsets.US_ASCII)));
        } catch (CertificateException e) {
            throw wrong("holds a certificate that can't be read; make it anew or copy it again", e);
        }
    }

    /** The private key that belongs to a certificate. */
    PrivateKey key(X509Certificate certificate) {
        String text = text();
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            switch (block.group(1)) {
                case "PRIVATE KEY" -> {
                    return belonging(block.group(2), certificate.getPublicKey());
                }
                case "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY" ->
                    throw otherForm();
                default -> {
                    // a certificate or an elliptic curve's name: the key may follow
                }
            }
        }
        throw wrong(
                text.contains("-----BEGIN CERTIFICATE-----")
                        ? "holds a certificate and no private key; are certificate and key interchanged?"
                        : "holds no private key; give a PEM file with -----BEGIN PRIVATE KEY-----",
                null);
    }

    private KnitException otherForm() {
        return wrong(
                "is encrypted or in an older form than PKCS#8; write it anew with `openssl pkcs8 -topk8 -nocrypt -in "
                        + path + " -out new.key` and give new.key",
                null);
    }

    private PrivateKey belonging(String base64, PublicKey expected) {
        PrivateKey key;
        try {
            byte[] bytes = Base64.getMimeDecoder().decode(base64);
            key = KeyFactory.getInstance(expected.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(bytes));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            // neither message nor cause: they may repeat bytes of the key
            throw wrong("can't be read as a key of the certificate's kind (" + expected.getAlgorithm() + ")", null);
        }
        if (!sameKey(key, expected)) {
            throw notYet("does not belong to the certificate; give the key that the certificate was made with", null);
        }
        return key;
    }

    private boolean sameKey(PrivateKey key, PublicKey expected) {
        String algorithm = signatureOf(expected.getAlgorithm());
        try {
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(TO_SIGN);
            Signature verifier = Signature.getInstance(algorithm);
            verifier.initVerify(expected);
            verifier.update(TO_SIGN);
            return verifier.verify(signer.sign());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private String signatureOf(String algorithm) {
        return switch (algorithm) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "EdDSA" -> "EdDSA";
            default -> throw wrong("is a key of an unknown kind (" + algorithm + "); give an RSA or EC one", null);
        };
    }

    private String text() {
        try {
            if (!Files.isRegularFile(path) && Files.exists(path)) {
                throw wrong("is no file", null);
            }
            if (Files.size(path) > MOST_BYTES) {
                throw wrong("is larger than a megabyte and no PEM file", null);
            }
            String text = Files.readString(path, StandardCharsets.ISO_8859_1);
            if (text.isBlank() || isCut(text)) {
                throw notYet("is empty or ends in the middle of a block; copy it again", null);
            }
            return text;
        } catch (NoSuchFileException e) {
            throw notYet("does not exist", e);
        } catch (IOException e) {
            throw notYet("can't be read; may this user read it?", e);
        }
    }

    /** Whether it ends in the middle of a block or of one's first or last line, as one does that is just being written. */
    private static boolean isCut(String text) {
        String[] blocks = text.split(BEGIN, -1);
        for (int i = 1; i < blocks.length; i++) {
            int label = blocks[i].indexOf("-----");
            if (label < 0 || !blocks[i].contains("-----END " + blocks[i].substring(0, label) + "-----")) {
                return true;
            }
        }
        String last = text.substring(text.lastIndexOf('\n') + 1);
        return !last.isEmpty() && BEGIN.startsWith(last);
    }

    /** Another start may find it right: it comes with a mount, is being written, or both are just being renewed. */
    private KnitException notYet(String reason, @Nullable Throwable cause) {
        return failure(ErrorCode.FILE_UNAVAILABLE, reason, cause);
    }

    private KnitException wrong(String reason, @Nullable Throwable cause) {
        return failure(ErrorCode.INVALID_CONFIGURATION, reason, cause);
    }

    private KnitException failure(ErrorCode code, String reason, @Nullable Throwable cause) {
        return new KnitException(code, "the NATS TLS " + what + " " + path + " " + reason, cause);
    }
}
