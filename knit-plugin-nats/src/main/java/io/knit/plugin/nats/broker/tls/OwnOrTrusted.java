package io.knit.plugin.nats.broker.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Lets in clients that the authorities vouch for, and who shows the broker's own certificate: the program that the broker runs in. */
final class OwnOrTrusted extends X509ExtendedTrustManager {
    private final X509Certificate own;
    private final X509ExtendedTrustManager authorities;

    OwnOrTrusted(X509Certificate own, X509ExtendedTrustManager authorities) {
        this.own = own;
        this.authorities = authorities;
    }

    private boolean isOwn(X509Certificate[] chain) {
        return chain.length > 0 && chain[0].equals(own);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        if (!isOwn(chain)) {
            authorities.checkClientTrusted(chain, type, engine);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        if (!isOwn(chain)) {
            authorities.checkClientTrusted(chain, type, socket);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        if (!isOwn(chain)) {
            authorities.checkClientTrusted(chain, type);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        throw onlyClients();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        throw onlyClients();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw onlyClients();
    }

    private static CertificateException onlyClients() {
        return new CertificateException("a broker checks clients, not servers");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return authorities.getAcceptedIssuers();
    }
}
