package io.knit.core.wiring;

import io.knit.api.Orchestrator;
import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Token;
import io.knit.api.command.TokenText;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.loop.IdSource;
import io.knit.api.spi.loop.Loop;
import io.knit.core.agent.disk.DurableFile;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token by which all others can be made: where everybody must show one and there is none that may everything, none could ever be made. It is written into a
 * file of the data folder before it is worth something, so that a start that is killed in between leaves nobody locked out: the next one makes another.
 */
public final class FirstToken {
    /** In the data folder. */
    public static final String FILE = "admin.token";

    private static final Logger LOG = LoggerFactory.getLogger(FirstToken.class);
    private static final String NAME = "admin";
    private static final int CHANCE = 6;

    private FirstToken() {}

    /**
     * Makes one if there is none.
     *
     * @param secrets what nobody can guess
     */
    public static Future<Void> ensure(Loop loop, Orchestrator server, IdSource secrets, Path dataDir) {
        Instant now = loop.now();
        List<Token> valid = server.tokens(Caller.PROGRAM).stream()
                .filter(token -> token.isValid(now))
                .toList();
        boolean there = valid.stream()
                .anyMatch(token ->
                        token.role() == Caller.Role.ADMIN && token.deployments().contains(Caller.ALL));
        if (there) {
            return Future.succeededFuture();
        }
        boolean taken = valid.stream().anyMatch(token -> token.name().equals(NAME));
        String name = taken ? NAME + "-" + secrets.next(CHANCE) : NAME;
        String text = TokenText.of(name, secrets.next(TokenText.SECRET_LENGTH));
        Path file = dataDir.resolve(FILE);
        return loop.blocking(() -> {
                    write(dataDir, file, text);
                    return file;
                })
                .compose(written -> server.run(
                        new Command.CreateToken(
                                name, TokenText.hash(text), Caller.Role.ADMIN, List.of(Caller.ALL), null),
                        Caller.PROGRAM))
                .onSuccess(token -> LOG.info(
                        "There was no token that may everything: {} is one, and its text is in {}; keep it elsewhere and remove"
                                + " the file",
                        name,
                        file))
                .mapEmpty();
    }

    private static void write(Path dataDir, Path file, String text) {
        try {
            DurableFile.makeFolder(dataDir);
            DurableFile.writeSecret(file, (text + "\n").getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new KnitException(
                    e instanceof AccessDeniedException ? ErrorCode.INVALID_CONFIGURATION : ErrorCode.STORE_UNAVAILABLE,
                    "the first token can't be written into " + file + " (" + e.getMessage()
                            + "); let the server write its data folder, or start it without --tokens and make one by knit token create",
                    e);
        }
    }
}
