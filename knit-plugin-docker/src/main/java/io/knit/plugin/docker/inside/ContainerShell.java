package io.knit.plugin.docker.inside;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.ContainerConfig;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.runtime.ByteReader;
import io.knit.api.spi.runtime.ShellRequest;
import io.knit.api.spi.runtime.ShellSession;
import io.knit.plugin.docker.container.ContainerCreation;
import io.knit.plugin.docker.container.StrayCommand;
import io.knit.plugin.docker.engine.Engine;
import io.knit.plugin.docker.engine.EngineClients;
import io.knit.plugin.docker.engine.EngineErrors;
import io.knit.plugin.docker.engine.EngineSocket;
import io.knit.plugin.docker.engine.Lane;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A command in a container, or its first process, with what is written to it and what it writes: a connection of its own, one thread that reads
 * and, once something is written, one that writes.
 */
public final class ContainerShell extends LongCall<Integer> implements ShellSession {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]*");
    private static final int HEAD = 8;
    private static final int STDERR = 2;

    /** What a terminal takes for the end of what is typed, at a line's beginning. */
    private static final byte END_OF_INPUT = 4;

    /** The engine's own client asks as often: a command is there a moment after it was begun. */
    private static final int RESIZE_TRIES = 10;

    private static final Duration RESIZE_PAUSE = Duration.ofMillis(20);

    /** For the end of a process the engine closes the connection first, and notes the exit code then. */
    private static final int CODE_TRIES = 50;

    private final String containerId;
    private final ShellRequest request;
    private final ByteReader output;
    private final ByteReader error;
    private final Lane lane;
    private final Inputs inputs;
    private final DockerClient client;
    private final Promise<Void> begun = Promise.promise();
    private final InputQueue input = new InputQueue();
    private volatile String exec = "";
    private volatile @Nullable EngineSocket socket;
    private boolean writes;
    /** Of one that is joined: whether it has a terminal. */
    private volatile boolean onTerminal;
    /** Of one that is joined: whether what ends here is ended for it. */
    private volatile boolean endsInput;

    /** Whose one input was given to somebody: the engine ends it when any of those goes who joined with it. Thread-safe. */
    public static final class Inputs {
        private static final int MOST = 10_000;

        private final Map<String, Boolean> given = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                return size() > MOST;
            }
        };

        synchronized boolean give(String containerId) {
            return given.putIfAbsent(containerId, true) == null;
        }

        synchronized void takeBack(String containerId) {
            given.remove(containerId);
        }
    }

    private ContainerShell(
            Engine engine,
            Lane lane,
            Inputs inputs,
            String containerId,
            ShellRequest request,
            ByteReader output,
            ByteReader error) {
        super(
                engine,
                (request.command().isEmpty() ? "joining container " : "running a command in container ")
                        + ContainerCreation.shortId(containerId));
        this.containerId = containerId;
        this.request = request;
        this.output = output;
        this.error = error;
        this.lane = lane;
        this.inputs = inputs;
        this.client = engine.clients().open();
    }

    /**
     * Begins it.
     *
     * @param lane for short calls about it
     * @param inputs of the engine's containers
     */
    public static ContainerShell begin(
            Engine engine,
            Lane lane,
            Inputs inputs,
            String containerId,
            ShellRequest request,
            ByteReader output,
            ByteReader error) {
        ContainerShell shell = new ContainerShell(engine, lane, inputs, containerId, request, output, error);
        shell.ended().onFailure(why -> shell.begun.tryFail(why));
        shell.start();
        return shell;
    }

    @Override
    boolean isAnswered() {
        return begun.future().isComplete();
    }

    @Override
    Integer work() throws Exception {
        if (!ID.matcher(containerId).matches()) {
            throw refused("that is no container's id");
        }
        boolean terminal = request.command().isEmpty() ? join() : create();
        EngineSocket opened = EngineSocket.open(engine.clients().address());
        socket = opened;
        if (turn.isOver()) {
            opened.close();
            throw EngineErrors.closed(what);
        }
        takeInput();
        String refusal = exec.isEmpty()
                ? opened.upgrade(
                        "/containers/" + containerId + "/attach?stream=1&stdout=1&stderr=1&stdin="
                                + (request.input() ? 1 : 0),
                        "")
                : opened.upgrade("/exec/" + exec + "/start", "{\"Detach\":false,\"Tty\":" + terminal + "}");
        if (!refusal.isEmpty()) {
            if (exec.isEmpty() && request.input()) {
                inputs.takeBack(containerId);
            }
            throw refused(EngineErrors.oneLine(refusal));
        }
        begun.tryComplete();
        resize(request.columns(), request.rows());
        if (terminal) {
            raw(opened);
        } else {
            frames(opened);
        }
        return exec.isEmpty() ? codeOfContainer() : codeOfCommand();
    }

    private boolean create() {
        exec = client.execCreateCmd(containerId)
                .withCmd(request.command().toArray(String[]::new))
                .withTty(request.terminal())
                .withAttachStdin(request.input())
                .withAttachStdout(true)
                .withAttachStderr(true)
                .exec()
                .getId();
        return request.terminal();
    }

    /** Whether it has a terminal. */
    private boolean join() {
        InspectContainerResponse container =
                client.inspectContainerCmd(containerId).exec();
        InspectContainerResponse.ContainerState state = container.getState();
        if (!Boolean.TRUE.equals(state.getRunning()) && !(request.early() && "created".equals(state.getStatus()))) {
            throw refused("it does not run");
        }
        ContainerConfig config = container.getConfig();
        if (request.input() && !Boolean.TRUE.equals(config.getStdinOpen())) {
            throw refused("its input is closed; it is open with stdin: true in its spec");
        }
        endsInput = Boolean.TRUE.equals(config.getStdInOnce());
        onTerminal = Boolean.TRUE.equals(config.getTty());
        return onTerminal;
    }

    /** After all that may refuse it: what is given once is not given back where it is not known what the engine did. */
    private void takeInput() {
        if (isOnlyInput() && !inputs.give(containerId)) {
            throw new KnitException(
                    ErrorCode.IN_USE,
                    "what it reads is given to it once, and was given to who joined it first; join it without input");
        }
    }

    private KnitException refused(String why) {
        return new KnitException(ErrorCode.RUNTIME_REFUSED, "The Docker Engine refused " + what + ": " + why);
    }

    private void raw(EngineSocket from) throws IOException {
        for (byte[] bytes = from.read(piece()); bytes.length > 0; bytes = from.read(piece())) {
            give(output, bytes);
        }
    }

    /** Each piece has a head: which output, three zeros, four bytes of length. */
    private void frames(EngineSocket from) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(HEAD);
        int left = 0;
        while (true) {
            byte[] bytes = from.read(left > 0 ? Math.min(left, piece()) : head.remaining());
            if (bytes.length == 0) {
                return;
            }
            if (left > 0) {
                left -= bytes.length;
                give(head.get(0) == STDERR ? error : output, bytes);
            } else {
                head.put(bytes);
                left = head.hasRemaining() ? 0 : Math.max(0, head.getInt(4));
            }
            if (left == 0 && !head.hasRemaining()) {
                head.clear();
            }
        }
    }

    private void give(ByteReader reader, byte[] bytes) {
        if (!turn.await(reader.bytes(bytes))) {
            throw EngineErrors.closed(what);
        }
    }

    private int codeOfCommand() throws InterruptedException {
        for (int i = 0; i < CODE_TRIES; i++) {
            Long code = client.inspectExecCmd(exec).exec().getExitCodeLong();
            if (code != null) {
                exec = "";
                return code.intValue();
            }
            Thread.sleep(RESIZE_PAUSE.toMillis());
        }
        throw refused("the connection to it ended, and it did not");
    }

    private int codeOfContainer() throws InterruptedException {
        for (int i = 0; i < CODE_TRIES; i++) {
            InspectContainerResponse.ContainerState state =
                    client.inspectContainerCmd(containerId).exec().getState();
            if (!Boolean.TRUE.equals(state.getRunning())) {
                return (int)
                        Objects.requireNonNullElse(state.getExitCodeLong(), 0L).longValue();
            }
            Thread.sleep(RESIZE_PAUSE.toMillis());
        }
        throw refused("the connection to it ended, and it did not");
    }

    @Override
    public Future<Void> begun() {
        return begun.future();
    }

    @Override
    public boolean isOnlyInput() {
        return exec.isEmpty() && request.input() && endsInput;
    }

    @Override
    public void resize(int columns, int rows) {
        String of = exec;
        if (columns <= 0 || rows <= 0 || turn.isOver()) {
            return;
        }
        Future<Boolean> unheard =
                lane.call("resizing a terminal", engine.deadlines().read(), asked -> {
                    for (int i = 1; ; i++) {
                        try {
                            if (of.isEmpty()) {
                                asked.resizeContainerCmd(containerId)
                                        .withSize(rows, columns)
                                        .exec();
                            } else {
                                asked.resizeExecCmd(of).withSize(rows, columns).exec();
                            }
                            return true;
                        } catch (RuntimeException e) {
                            if (i == RESIZE_TRIES || turn.isOver()) {
                                return false;
                            }
                            Thread.sleep(RESIZE_PAUSE.toMillis());
                        }
                    }
                });
        unheard.onFailure(why -> {});
    }

    @Override
    public Future<Void> write(byte[] bytes) {
        startWriting();
        return input.write(bytes);
    }

    @Override
    public void endInput() {
        startWriting();
        input.end();
    }

    private synchronized void startWriting() {
        if (writes) {
            return;
        }
        writes = true;
        begun.future().onSuccess(done -> {
            Thread thread = new Thread(this::pass, "knit-docker-input");
            thread.setDaemon(true);
            thread.start();
        });
    }

    /** Passes on what is written until there is no more, or nobody takes it. */
    private void pass() {
        EngineSocket to = Objects.requireNonNull(socket, "begun without a connection");
        byte last = '\n';
        try {
            for (InputQueue.Piece piece = input.take(); piece != null; piece = input.take()) {
                to.write(ByteBuffer.wrap(piece.bytes()));
                last = piece.bytes().length == 0 ? last : piece.bytes()[piece.bytes().length - 1];
                piece.passed().tryComplete();
            }
            if (!input.isClosed()) {
                endInput(to, last);
            }
        } catch (IOException e) {
            // whoever reads sees it, too, and knows how it ended
            input.close(reason());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Of one with a terminal the engine would end the output, too, and the command would be ended with it: so its end is typed. So it would of a process
     * whose input stays open, which is given no more by this one, and shown on.
     */
    private void endInput(EngineSocket to, byte last) throws IOException {
        boolean joined = request.command().isEmpty();
        if (joined && !endsInput) {
            return;
        }
        if (joined ? !onTerminal : !request.terminal()) {
            to.endOutput();
            return;
        }
        // within a line the first only has that taken
        to.write(ByteBuffer.wrap(last == '\n' ? new byte[] {END_OF_INPUT} : new byte[] {END_OF_INPUT, END_OF_INPUT}));
    }

    @Override
    void free() {
        input.close(reason());
        EngineSocket opened = socket;
        if (opened != null) {
            try {
                opened.close();
            } catch (IOException e) {
                // it is gone all the same
            }
        }
        EngineClients.close(client);
        String left = exec;
        if (!left.isEmpty()) {
            Future<Boolean> unheard =
                    lane.call("ending a command", engine.deadlines().read(), asked -> {
                        StrayCommand.end(asked, left, containerId);
                        return true;
                    });
            unheard.onFailure(why -> {});
        }
    }
}
