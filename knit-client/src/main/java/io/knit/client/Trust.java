package io.knit.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Whom a client trusts over TLS, and what it shows, from PEM files. Nothing that stands in a file is repeated. */
final class Trust {
    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", Pattern.DOTALL);
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----(.*?)-----END PRIVATE KEY-----", Pattern.DOTALL);

    private static final String BEGIN = "-----BEGIN ";

    private Trust() {}

    /**
     * @param authorities null: those that this JVM trusts
     * @param certificate null: none is shown
     * @param key null if and only if the certificate is
     * @throws IllegalArgumentException if a file is wrong
     */
    static SSLContext of(@Nullable Path authorities, @Nullable Path certificate, @Nullable Path key) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    certificate == null || key == null ? null : shown(certificate, key),
                    authorities == null ? null : trusted(authorities),
                    null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException(
                    "the TLS files can't be used together; is the key the certificate's?", e);
        }
    }

    /**
     * Of who speaks to nobody over TLS. The JDK's client else reads all authorities that this JVM trusts before it asks the first thing, which is a
     * third of what a command takes.
     */
    static SSLContext ofNobody() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[0], new TrustManager[0], null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has TLS", e);
        }
    }

    private static TrustManager[] trusted(Path file) throws GeneralSecurityException, IOException {
        KeyStore store = empty();
        int number = 0;
        for (Certificate each : certificates(file)) {
            store.setCertificateEntry("authority-" + number++, each);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager[] shown(Path certificate, Path key) throws GeneralSecurityException, IOException {
        List<Certificate> chain = certificates(certificate);
        KeyStore store = empty();
        char[] nobodys = new char[0];
        store.setKeyEntry(
                "own",
                key(key, chain.get(0).getPublicKey().getAlgorithm()),
                nobodys,
                chain.toArray(new Certificate[0]));
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, nobodys);
        return factory.getKeyManagers();
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static List<Certificate> certificates(Path file) {
        List<Certificate> all = new ArrayList<>();
        Matcher block = CERTIFICATE.matcher(text(file));
        while (block.find()) {
            try {
                all.add(CertificateFactory.getInstance("X.509")
                        .generateCertificate(
                                new ByteArrayInputStream(block.group().getBytes(StandardCharsets.US_ASCII))));
            } catch (CertificateException e) {
                throw wrong(file, "holds a certificate that can't be read; make it anew or copy it again", e);
            }
        }
        if (all.isEmpty()) {
            throw wrong(file, "holds no certificate; give a PEM file with -----BEGIN CERTIFICATE-----", null);
        }
        return all;
    }

    private static PrivateKey key(Path file, String algorithm) {
        Matcher block = KEY.matcher(text(file));
        if (!block.find()) {
            throw wrong(
                    file,
                    "holds no key in PKCS#8; write it anew with `openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW`",
                    null);
        }
        try {
            return KeyFactory.getInstance(algorithm)
                    .generatePrivate(
                            new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(block.group(1))));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            // neither message nor cause: they may repeat bytes of the key
            throw wrong(file, "can't be read as a key of the certificate's kind (" + algorithm + ")", null);
        }
    }

    private static String text(Path file) {
        try {
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            if (isCut(text)) {
                throw wrong(file, "ends in the middle of a block; copy it again", null);
            }
            return text;
        } catch (NoSuchFileException e) {
            throw wrong(file, "does not exist", e);
        } catch (IOException e) {
            throw wrong(file, "can't be read; may this user read it?", e);
        }
    }

    /** Whether it ends in the middle of a block or of one's first or last line; what is before it may not be all. */
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

    private static IllegalArgumentException wrong(Path file, String reason, @Nullable Throwable cause) {
        return new IllegalArgumentException("the TLS file " + file + " " + reason, cause);
    }
}
