package io.knit.testkit.runtime;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.runtime.ByteReader;
import io.knit.api.spi.runtime.LogLine;
import io.knit.api.spi.runtime.ShellRequest;
import io.knit.api.spi.runtime.ShellSession;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A command in a container of a {@link FakeEngine}: what it echoes it writes, and {@code exit 3} ends it so; {@code cat} writes what it reads until
 * there is no more, {@code cat; …} goes on with the rest then, and {@code size} its terminal's size whenever that is another; any other writes its own words. Joined, the container's process is {@code cat},
 * after what it echoes as it starts; {@code slow} does not come to the end of what it reads, which is dropped as who gave it leaves. All on the engine's loop.
 */
final class FakeShell implements ShellSession {
    private static final Pattern EXIT = Pattern.compile(".*\\bexit (\\d+)");

    private final FakeEngine engine;
    private final String id;
    private final ShellRequest request;
    private final ByteReader output;
    private final ByteReader error;
    private final Promise<Void> begun = Promise.promise();
    private final Promise<Integer> ended = Promise.promise();
    private final Deque<Runnable> steps = new ArrayDeque<>();
    private final Runnable looking = this::looked;
    private boolean waits;
    /** Joined before it began: nothing goes in or out. */
    private boolean held;

    /** What is left of a script when its input has ended. */
    private String rest = "";

    FakeShell(FakeEngine engine, String id, ShellRequest request, ByteReader output, ByteReader error) {
        this.engine = engine;
        this.id = id;
        this.request = request;
        this.output = output;
        this.error = error;
        ended.future().onFailure(begun::tryFail);
        engine.loop().execute(this::begin);
    }

    private void begin() {
        held = request.command().isEmpty() && request.early() && engine.isMade(id);
        if (!held && !engine.isRunning(id)) {
            ended.tryFail(new KnitException(ErrorCode.RUNTIME_REFUSED, "no such container runs: " + id));
            return;
        }
        if (request.command().isEmpty()) {
            join();
            return;
        }
        begun.tryComplete();
        String last = request.command().get(request.command().size() - 1);
        if (last.equals("size")) {
            size(request.columns(), request.rows());
        } else if (last.equals("hostname")) {
            give(output, (engine.spec(id).name() + "\n").getBytes(StandardCharsets.UTF_8));
            end(0);
        } else if (EXIT.matcher(last).matches() || last.contains("echo ")) {
            script(last);
        } else if (!last.equals("cat")) {
            String words = String.join(" ", request.command()) + "\n";
            give(output, words.getBytes(StandardCharsets.UTF_8));
            end(0);
        }
    }

    private void join() {
        if (request.input() && !engine.spec(id).process().stdin()) {
            ended.tryFail(new KnitException(
                    ErrorCode.RUNTIME_REFUSED, "its input is closed; it is open with stdin: true in its spec"));
            return;
        }
        boolean only = request.input() && engine.spec(id).inputOnce();
        if (only && !engine.giveInput(id)) {
            ended.tryFail(new KnitException(
                    ErrorCode.IN_USE,
                    "what it reads is given to it once, and was given to who joined it first; join it without input"));
            return;
        }
        if (only) {
            // as of an engine whose connection breaks
            ended.future().onFailure(left -> engine.loop().execute(this::endOfInput));
        }
        engine.onOutput(looking);
        ended.future().onComplete(any -> engine.noOutput(looking));
        begun.tryComplete();
        size(request.columns(), request.rows());
    }

    private void looked() {
        engine.loop().execute(() -> {
            if (held && !engine.isMade(id)) {
                held = false;
                List<LogLine> wrote = engine.linesAfter(id, 0);
                StringBuilder text = new StringBuilder();
                (wrote == null ? List.<LogLine>of() : wrote)
                        .forEach(line -> text.append(line.text()).append('\n'));
                // before what it was given meanwhile
                Deque<Runnable> later = new ArrayDeque<>(steps);
                steps.clear();
                give(output, text.toString().getBytes(StandardCharsets.UTF_8));
                steps.addAll(later);
                pump();
            }
            if (!engine.isRunning(id) && !engine.isMade(id)) {
                end(engine.exitCode(id));
            }
        });
    }

    private void script(String script) {
        if (script.startsWith("cat;")) {
            rest = script.substring("cat;".length());
            return;
        }
        for (String step : script.split(";")) {
            String said = step.strip();
            if (said.startsWith("echo ")) {
                boolean toError = said.endsWith(" >&2");
                String text = said.substring(5, said.length() - (toError ? 4 : 0)) + "\n";
                give(toError && !request.terminal() ? error : output, text.getBytes(StandardCharsets.UTF_8));
            }
        }
        Matcher exit = EXIT.matcher(script);
        end(exit.matches() ? Integer.parseInt(exit.group(1)) : 0);
    }

    private void end(int code) {
        step(() -> ended.tryComplete(code));
    }

    private void give(ByteReader reader, byte[] bytes) {
        step(() -> {
            waits = true;
            reader.bytes(bytes)
                    .onComplete(taken -> engine.loop().execute(() -> {
                        waits = false;
                        if (taken.failed()) {
                            cancel();
                        }
                        pump();
                    }));
        });
    }

    private void step(Runnable step) {
        steps.add(step);
        pump();
    }

    private void pump() {
        while (!held && !waits && !steps.isEmpty() && !ended.future().isComplete()) {
            steps.remove().run();
        }
    }

    @Override
    public Future<Void> begun() {
        return begun.future();
    }

    @Override
    public boolean isOnlyInput() {
        return request.command().isEmpty() && request.input() && engine.spec(id).inputOnce();
    }

    @Override
    public Future<Void> write(byte[] bytes) {
        Promise<Void> passed = Promise.promise();
        engine.loop().execute(() -> {
            if (ended.future().isComplete()) {
                passed.fail(new KnitException(ErrorCode.CLOSED, "it has ended"));
                return;
            }
            give(output, bytes);
            step(passed::tryComplete);
        });
        return passed.future();
    }

    @Override
    public void endInput() {
        engine.loop().execute(() -> {
            if (request.command().isEmpty()) {
                step(this::readAll);
            } else if (rest.isEmpty()) {
                end(0);
            } else {
                script(rest);
            }
        });
    }

    /** What is slow has not come to the end yet. */
    private void readAll() {
        if (!engine.spec(id).args().contains("slow")) {
            endOfInput();
        }
    }

    /** What reads to the end ends then; one that others may give more waits for them. */
    private void endOfInput() {
        if (engine.isMade(id)) {
            engine.endInput(id);
        } else if (engine.isRunning(id) && engine.spec(id).inputOnce() && !endsByItself()) {
            engine.end(id, 0);
        }
    }

    private boolean endsByItself() {
        List<String> words = engine.spec(id).args();
        return !words.isEmpty() && EXIT.matcher(words.get(words.size() - 1)).matches();
    }

    @Override
    public void resize(int columns, int rows) {
        engine.loop().execute(() -> size(columns, rows));
    }

    private void size(int columns, int rows) {
        boolean asked = request.command().isEmpty()
                ? engine.spec(id).args().contains("size")
                : request.terminal() && request.command().contains("size");
        if (asked && !held && columns > 0) {
            give(output, (rows + " " + columns + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    @Override
    public Future<Integer> ended() {
        return ended.future();
    }

    @Override
    public void cancel() {
        ended.tryFail(new KnitException(ErrorCode.CLOSED, "it was cancelled"));
    }
}
