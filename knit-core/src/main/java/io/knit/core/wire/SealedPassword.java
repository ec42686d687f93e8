package io.knit.core.wire;

import io.knit.api.model.RegistryAuth;
import org.jspecify.annotations.Nullable;

/**
 * A registry's password that does not open, in the place of the password: nobody can log in with it, it says which key it takes, and it can be stored as it was.
 * No user can give one: a password has no NUL.
 */
public final class SealedPassword {
    private static final String MARK = "\0knit sealed ";

    private final String key;
    private final String box;

    /**
     * One.
     *
     * @param key the name of the one that sealed it
     * @param box Base64
     */
    public SealedPassword(String key, String box) {
        this.key = key;
        this.box = box;
    }

    public String key() {
        return key;
    }

    public String box() {
        return box;
    }

    /** What stands in the place of a password; null: the password does. */
    public static @Nullable SealedPassword in(@Nullable RegistryAuth auth) {
        if (auth == null || !auth.password().startsWith(MARK)) {
            return null;
        }
        String[] parts = auth.password().substring(MARK.length()).split(" ", 2);
        return new SealedPassword(parts[0], parts.length == 1 ? "" : parts[1]);
    }

    /** To stand in the place of a password. */
    public String text() {
        return MARK + key + " " + box;
    }

    /** Why nobody can log in, and what to do. */
    public String words() {
        return "the password of its registry_auth does not open without the key " + key
                + ", which the server does not have; bring secrets.key back, or give that key by --secrets-key-file, and start the server again,"
                + " or deploy it with the password anew";
    }

    /** Without the box. */
    @Override
    public String toString() {
        return "SealedPassword[" + key + "]";
    }
}
