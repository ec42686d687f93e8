package io.knit.core.server.http.tls;

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
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What one of the files held when it was read, looked at before it is used. Of a wrong one it says what is wrong and what to do, and never repeats what stands in it.
 *
 * @param setting the setting that names the file
 */
record TlsText(String setting, Path file, String text) {
    private static final long MOST_BYTES = 1024 * 1024;
    private static final String BEGIN = "-----BEGIN ";
    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", Pattern.DOTALL);
    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----(.*?)-----END PRIVATE KEY-----", Pattern.DOTALL);
    private static final byte[] TO_SIGN = {1, 2, 3};

    static TlsText read(String setting, Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw wrong(setting, file, "is larger than a megabyte and no PEM file", null);
            }
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            if (text.isBlank() || isCut(text)) {
                throw notYet(setting, file, "is empty or ends in the middle of a block; copy it again", null);
            }
            return new TlsText(setting, file, text);
        } catch (NoSuchFileException e) {
            throw notYet(setting, file, "does not exist", e);
        } catch (IOException e) {
            throw notYet(setting, file, "can't be read; may this user read it, and is it a file?", e);
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

    byte[] bytes() {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The first certificate; all are looked at. */
    X509Certificate certificate() {
        X509Certificate first = null;
        Matcher block = CERTIFICATE.matcher(text);
        while (block.find()) {
            X509Certificate next = certificate(block.group());
            first = first == null ? next : first;
        }
        if (first == null) {
            throw wrong(
                    setting,
                    file,
                    text.contains("PRIVATE KEY-----")
                            ? "holds a private key and no certificate; are the files interchanged?"
                            : "holds no certificate; give a PEM file with -----BEGIN CERTIFICATE-----",
                    null);
        }
        return first;
    }

    private X509Certificate certificate(String block) {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(block.getBytes(StandardCharsets.US_ASCII)));
        } catch (CertificateException e) {
            throw wrong(setting, file, "holds a certificate that can't be read; make it anew or copy it again", e);
        }
    }

    /** Looks at the private key, which must belong to the certificate. */
    void checkKeyOf(X509Certificate certificate) {
        Matcher block = PKCS8.matcher(text);
        if (!block.find()) {
            throw wrong(
                    setting,
                    file,
                    text.contains("PRIVATE KEY-----")
                            ? "is encrypted or in an older form than PKCS#8; write it anew with `openssl pkcs8 -topk8 -nocrypt -in "
                                    + file + " -out new.key` and give new.key"
                            : "holds no private key; give a PEM file with -----BEGIN PRIVATE KEY-----",
                    null);
        }
        PublicKey expected = certificate.getPublicKey();
        boolean belongs;
        try {
            byte[] bytes = Base64.getMimeDecoder().decode(block.group(1));
            belongs = sameKey(
                    KeyFactory.getInstance(expected.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(bytes)),
                    expected);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            // neither message nor cause: they may repeat bytes of the key
            belongs = false;
        }
        if (!belongs) {
            throw notYet(
                    setting,
                    file,
                    "does not belong to the certificate; give the key that the certificate was made with",
                    null);
        }
    }

    private static boolean sameKey(PrivateKey key, PublicKey expected) throws GeneralSecurityException {
        String algorithm = switch (expected.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> expected.getAlgorithm();
        };
        Signature signer = Signature.getInstance(algorithm);
        signer.initSign(key);
        signer.update(TO_SIGN);
        Signature verifier = Signature.getInstance(algorithm);
        verifier.initVerify(expected);
        verifier.update(TO_SIGN);
        return verifier.verify(signer.sign());
    }

    /** Another start may find it right: it comes with a mount, is being written, or both are just being renewed. */
    private static KnitException notYet(String setting, Path file, String reason, @Nullable Throwable cause) {
        return new KnitException(ErrorCode.FILE_UNAVAILABLE, setting + " " + file + " " + reason, cause);
    }

    private static KnitException wrong(String setting, Path file, String reason, @Nullable Throwable cause) {
        return new KnitException(ErrorCode.INVALID_CONFIGURATION, setting + " " + file + " " + reason, cause);
    }
}
