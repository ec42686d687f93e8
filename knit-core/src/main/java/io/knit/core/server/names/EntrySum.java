package io.knit.core.server.names;

import io.knit.core.wire.NamedDeployment;
import io.knit.core.wire.WireCodec;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;

/** The sum of entries' SHA-256, modulo 2^128: the same for the same entries in any order, and one more or less costs no look at the others. */
record EntrySum(BigInteger value) {
    static final EntrySum ZERO = new EntrySum(BigInteger.ZERO);

    private static final int BYTES = 16;
    private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(8 * BYTES);

    /** Of all of these. */
    static EntrySum of(Collection<Record> entries) {
        MessageDigest hash = hash();
        BigInteger sum = BigInteger.ZERO;
        for (Record entry : entries) {
            sum = sum.add(of(hash, entry));
        }
        return new EntrySum(sum.mod(MODULUS));
    }

    EntrySum plus(Record entry) {
        return new EntrySum(value.add(of(hash(), entry)).mod(MODULUS));
    }

    EntrySum minus(Record entry) {
        return new EntrySum(value.subtract(of(hash(), entry)).mod(MODULUS));
    }

    String text() {
        return value.toString(16);
    }

    private static BigInteger of(MessageDigest hash, Record entry) {
        // an instance is no deployment with the same fields
        hash.update((byte) (entry instanceof NamedDeployment ? 1 : 2));
        return new BigInteger(1, Arrays.copyOf(hash.digest(WireCodec.encode(entry)), BYTES));
    }

    private static MessageDigest hash() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
