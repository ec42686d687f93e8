package io.knit.core.agent.pull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.knit.api.model.RegistryAuth;
import io.knit.api.spi.loop.Loop;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Logins of the host's own, in the form of Docker's {@code config.json}: {@code credHelpers} and {@code credsStore} name programs {@code docker-credential-NAME} that are asked by Docker's
 * <a href="https://github.com/docker/docker-credential-helpers">protocol for credential helpers</a>, {@code auths} has logins themselves. Read anew each time. Only on the loop.
 */
public final class HostLogins implements Logins {
    /** How Docker calls its own registry there. */
    private static final String HUB = "https://index.docker.io/v1/";

    private static final String DEFAULT = "docker.io";
    private static final Pattern HELPER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final int MOST_BYTES = 64 << 10;
    private static final int SECONDS = 20;
    /** What a helper says where it has none; it ends with 1 then, as with any fault. */
    private static final String NONE_THERE = "credentials not found";

    private static final ObjectMapper MAPPER = JsonMapper.builder().build();

    private final Loop loop;
    private final Path config;
    private final String helpers;

    /** With helpers on the path. */
    public HostLogins(Loop loop, Path config) {
        this(loop, config, "");
    }

    /** @param helpers a folder and a slash; empty: they are on the path */
    HostLogins(Loop loop, Path config, String helpers) {
        this.loop = loop;
        this.config = config;
        this.helpers = helpers;
    }

    @Override
    public Future<Login> of(String registry) {
        return loop.blocking(() -> found(registry))
                .recover(e ->
                        Future.succeededFuture(new Login(null, config + " of its node can't be used: " + words(e))));
    }

    private static String words(Throwable e) {
        // of what can't be read as JSON it would quote some
        return e instanceof com.fasterxml.jackson.core.JacksonException
                ? "it is no JSON"
                : String.valueOf(e.getMessage());
    }

    private Login found(String registry) throws IOException, InterruptedException {
        JsonNode root = MAPPER.readTree(Files.readAllBytes(config));
        String named = registry.equals(DEFAULT) ? HUB : registry;
        String helper = text(root.path("credHelpers"), registry, named);
        if (helper.isEmpty()) {
            helper = root.path("credsStore").asText("");
        }
        if (!helper.isEmpty()) {
            return asked(helper, named);
        }
        JsonNode known = known(root.path("auths"), registry, named);
        String token = known.path("identitytoken").asText("");
        if (!token.isEmpty()) {
            return new Login(new RegistryAuth(RegistryAuth.IDENTITY_TOKEN, token), "");
        }
        String both = new String(Base64.getDecoder().decode(known.path("auth").asText("")), StandardCharsets.UTF_8);
        int colon = both.indexOf(':');
        // who wrote it by hand may have left them apart; what is in auth goes first, as with Docker
        String user = colon < 1 ? known.path("username").asText("") : both.substring(0, colon);
        String password = colon < 1 ? known.path("password").asText("") : both.substring(colon + 1);
        return user.isEmpty() || colon < 1 && password.isEmpty()
                ? Login.NONE
                : new Login(new RegistryAuth(user, password), "");
    }

    /** What stands under its name to the letter, else the first under an address of it: with a scheme before it, or a path behind. */
    private static JsonNode known(JsonNode auths, String registry, String named) {
        if (auths.has(named) || auths.has(registry)) {
            return auths.has(named) ? auths.path(named) : auths.path(registry);
        }
        String host = host(named);
        for (Map.Entry<String, JsonNode> each : auths.properties()) {
            if (host(each.getKey()).equals(host)) {
                return each.getValue();
            }
        }
        return MissingNode.getInstance();
    }

    private static String host(String address) {
        String bare = address.replaceFirst("^https?://", "");
        int slash = bare.indexOf('/');
        return slash < 0 ? bare : bare.substring(0, slash);
    }

    private static String text(JsonNode object, String one, String other) {
        return object.has(one)
                ? object.path(one).asText("")
                : object.path(other).asText("");
    }

    private Login asked(String helper, String server) throws IOException, InterruptedException {
        if (!HELPER.matcher(helper).matches()) {
            throw new IOException("it names a helper that is none");
        }
        String program = "docker-credential-" + helper;
        Process process = new ProcessBuilder(List.of(helpers + program, "get"))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(server.getBytes(StandardCharsets.UTF_8));
        }
        // it writes less than a pipe holds, or never ends
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(program + " did not end within " + SECONDS + " s");
        }
        byte[] said = process.getInputStream().readNBytes(MOST_BYTES);
        if (process.exitValue() != 0) {
            if (new String(said, StandardCharsets.UTF_8).contains(NONE_THERE)) {
                return Login.NONE;
            }
            throw new IOException(program + " ended with " + process.exitValue() + "; ask it by hand: echo " + server
                    + " | " + program + " get");
        }
        return login(program, MAPPER.readTree(said));
    }

    private static Login login(String program, @Nullable JsonNode said) throws IOException {
        String user = said == null ? "" : said.path("Username").asText("");
        String secret = said == null ? "" : said.path("Secret").asText("");
        if (user.isEmpty() || secret.isEmpty()) {
            throw new IOException(program + " told no Username and Secret");
        }
        return new Login(new RegistryAuth(user, secret), "");
    }
}
