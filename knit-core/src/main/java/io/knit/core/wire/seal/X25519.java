package io.knit.core.wire.seal;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import javax.crypto.KeyAgreement;

/** A key pair of RFC 7748, as bytes. Immutable; shows itself to nobody. */
final class X25519 {
    /** Bytes of each half. */
    static final int KEY = 32;

    private static final String NAME = "X25519";
    private static final byte[] BASE = base();

    private final PrivateKey secret;
    private final byte[] open;

    private X25519(PrivateKey secret, byte[] open) {
        this.secret = secret;
        this.open = open;
    }

    /** @param secret {@link #KEY} bytes that nobody can guess */
    static X25519 of(byte[] secret) throws GeneralSecurityException {
        PrivateKey key =
                KeyFactory.getInstance(NAME).generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, secret));
        return new X25519(key, agree(key, BASE));
    }

    byte[] publicKey() {
        return open.clone();
    }

    /** @throws GeneralSecurityException if the other's is no key with which anything can be kept from others */
    byte[] agree(byte[] other) throws GeneralSecurityException {
        return agree(secret, other);
    }

    private static byte[] agree(PrivateKey secret, byte[] other) throws GeneralSecurityException {
        KeyAgreement agreement = KeyAgreement.getInstance(NAME);
        agreement.init(secret);
        agreement.doPhase(publicKey(other), true);
        return agreement.generateSecret();
    }

    private static PublicKey publicKey(byte[] bytes) throws GeneralSecurityException {
        if (bytes.length != KEY) {
            throw new InvalidKeyException("a public key has " + KEY + " bytes");
        }
        byte[] big = new byte[KEY];
        for (int i = 0; i < KEY; i++) {
            big[i] = bytes[KEY - 1 - i];
        }
        // the highest bit says nothing
        big[0] &= 0x7f;
        return KeyFactory.getInstance(NAME)
                .generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, new BigInteger(1, big)));
    }

    private static byte[] base() {
        byte[] base = new byte[KEY];
        Arrays.fill(base, (byte) 0);
        base[0] = 9;
        return base;
    }
}
