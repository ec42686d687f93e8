package io.knit.plugin.nats.broker.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Those who may vouch for the other side. */
final class TrustedAuthorities {
    private TrustedAuthorities() {}

    static X509ExtendedTrustManager of(List<X509Certificate> authorities) {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (X509Certificate authority : authorities) {
                store.setCertificateEntry("authority-" + store.size(), authority);
            }
            return of(store);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("this JVM can't check X.509 certificates", e);
        }
    }

    static X509ExtendedTrustManager ofThisJvm() {
        try {
            return of((KeyStore) null);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no authorities that it trusts", e);
        }
    }

    private static X509ExtendedTrustManager of(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager trust) {
                return trust;
            }
        }
        throw new GeneralSecurityException("no X.509 trust manager");
    }
}
