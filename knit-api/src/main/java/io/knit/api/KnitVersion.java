package io.knit.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which Knit this is. */
public final class KnitVersion {
    private static final String CURRENT = read();

    private KnitVersion() {}

    /** The version of this build: {@code 0.1.0}. */
    public static String current() {
        return CURRENT;
    }

    private static String read() {
        Properties properties = new Properties();
        try (InputStream in = KnitVersion.class.getResourceAsStream("version.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a broken jar: io/knit/api/version.properties can't be read", e);
        }
        return properties.getProperty("version", "unknown");
    }
}
