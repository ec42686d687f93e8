package io.knit.plugin.nats.broker.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** TLS for clients in the broker's own program: trusts the broker's present certificate and no other, and shows it as its own. */
final class OwnClient {
    private OwnClient() {}

    static SSLContext context(Supplier<TlsMaterial> present) {
        return ClientTls.context(new Trust(present), new ClientKey(() -> {
            TlsMaterial material = present.get();
            return new ClientKey.Identity(material.chain(), material.key());
        }));
    }

    // the name in the certificate does not matter: it is the very certificate
    private static final class Trust extends ServerTrust {
        private final Supplier<TlsMaterial> present;

        Trust(Supplier<TlsMaterial> present) {
            this.present = present;
        }

        @Override
        void check(X509Certificate[] chain, String type, @Nullable Socket socket) throws CertificateException {
            if (chain.length == 0 || !chain[0].equals(present.get().chain().get(0))) {
                throw new CertificateException("this is not the certificate of the broker in this program");
            }
        }
    }
}
