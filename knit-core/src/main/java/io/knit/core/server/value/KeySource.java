package io.knit.core.server.value;

import java.io.IOException;

/** Where the keys lie that secrets are sealed with. All block. Thread-safe: who comes while another makes a key gets that one. */
public interface KeySource {
    /**
     * What is there.
     *
     * @return {@link KeyRing#NONE}: nothing was given, and none was made yet
     * @throws io.knit.api.error.KnitException with {@code SECRETS_LOCKED} if what is there are no keys, in words that quote nothing of it
     */
    KeyRing read() throws IOException;

    /**
     * Makes a key where there is none, before it is used.
     *
     * @param key {@link KeyRing#KEY} bytes that nobody can guess
     */
    KeyRing make(byte[] key) throws IOException;

    /**
     * Keys of which another one seals than the one that did; those in use are among them where they are the server's own. Of those that others give one may be
     * left out: who asks looks.
     *
     * @param before those in use
     * @param key to put first where they are the server's own
     * @throws io.knit.api.error.KnitException with {@code IN_USE} if others have to give it first, in words that say how; with {@code SECRETS_LOCKED} if
     *     one of those in use, where they are the server's own, is not there any more
     */
    KeyRing renew(KeyRing before, byte[] key) throws IOException;

    /**
     * Forgets the keys that are older than the one that seals, where they are the server's own.
     *
     * @param present those in use; what is there may be newer
     */
    KeyRing settle(KeyRing present) throws IOException;
}
