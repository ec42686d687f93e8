package io.knit.plugin.docker.engine;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.net.URI;
import java.net.URISyntaxException;

/**
 * Where an engine listens.
 *
 * @param uri {@code unix:///absolute/path} or {@code tcp://host:port}
 */
public record EngineAddress(URI uri) {
    /** Names it. */
    public static final String SETTING = "docker-host";

    public static final String DEFAULT = "unix:///var/run/docker.sock";

    /** The port that Docker itself uses for tcp where none is given. */
    private static final int TCP_PORT = 2375;

    public static EngineAddress parse(String text) {
        try {
            URI uri = new URI(text.strip());
            if ("unix".equals(uri.getScheme()) && isSocketPath(uri)) {
                return new EngineAddress(uri);
            }
            if ("tcp".equals(uri.getScheme()) && uri.getHost() != null && isBare(uri)) {
                int port = uri.getPort() == -1 ? TCP_PORT : uri.getPort();
                return new EngineAddress(new URI("tcp", null, uri.getHost(), port, null, null, null));
            }
        } catch (URISyntaxException e) {
            // said below, with what is right
        }
        throw new KnitException(
                ErrorCode.INVALID_CONFIGURATION,
                SETTING + " is \"" + text + "\"; give unix:///path/to/docker.sock or tcp://host:port");
    }

    private static boolean isSocketPath(URI uri) {
        return uri.getRawAuthority() == null
                && uri.getPath() != null
                && uri.getPath().length() > 1;
    }

    private static boolean isBare(URI uri) {
        return uri.getUserInfo() == null
                && uri.getQuery() == null
                && (uri.getPath() == null || uri.getPath().length() <= 1);
    }

    /** Whether it is sure to run on this host. */
    public boolean isLocal() {
        return "unix".equals(uri.getScheme());
    }

    /** What to look at when it can't be reached. */
    public String advice() {
        return isLocal()
                ? "check that the engine runs (docker info), that " + SETTING
                        + " names its socket, and that this user may open it (group docker)"
                : "check that the engine runs and listens there, and that " + SETTING + " is right";
    }

    @Override
    public String toString() {
        return uri.toString();
    }
}
