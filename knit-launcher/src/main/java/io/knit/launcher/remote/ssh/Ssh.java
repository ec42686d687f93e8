package io.knit.launcher.remote.ssh;

import io.knit.launcher.remote.Exit;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The system's {@code ssh}, with its user's configuration, agent and known hosts. It is given a shell's name to run and nothing else: what is to be done goes by
 * standard input.
 */
public final class Ssh {
    private static final int OF_SSH = 255;
    private static final int MOST = 1 << 20;
    private static final List<String> PATIENCE =
            List.of("-o", "ConnectTimeout=15", "-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=4");

    private final List<String> command = new ArrayList<>();
    private final SshTarget target;
    private boolean sudo;

    /**
     * @param environment whose PATH says where {@code ssh} is
     * @param options of ssh, before those by which it is not waited for in vain
     * @throws NotDone if there is none
     */
    public Ssh(Map<String, String> environment, List<String> options, SshTarget target) {
        command.add(program(environment.getOrDefault("PATH", "/usr/bin:/bin")).toString());
        command.addAll(options);
        command.addAll(PATIENCE);
        command.addAll(List.of("-T", "--", target.text()));
        this.target = target;
    }

    private static Path program(String path) {
        for (String folder : path.split(File.pathSeparator, -1)) {
            Path program = Path.of(folder.isEmpty() ? "." : folder, "ssh");
            if (Files.isExecutable(program) && !Files.isDirectory(program)) {
                return program.toAbsolutePath();
            }
        }
        throw new NotDone(
                Exit.FAILED,
                "there is no ssh on the PATH; install one (Debian, Ubuntu: apt-get install openssh-client)",
                List.of());
    }

    /** From now on what runs there is root, by sudo. */
    public void useSudo() {
        sudo = true;
    }

    /**
     * Has the host's shell run a script.
     *
     * @param limit after which it is given up
     * @throws NotDone if the host can't be reached, or does not end in time
     */
    public HostAnswer run(Script script, Duration limit) {
        return finish(List.of("sh"), null, script.bytes(), limit);
    }

    /** Writes a file there, whose name has nothing that a shell knows. */
    public HostAnswer send(Path file, String to, Duration limit) {
        return finish(List.of("dd", "of=" + to, "bs=65536"), file, new byte[0], limit);
    }

    private HostAnswer finish(List<String> words, @Nullable Path file, byte[] input, Duration limit) {
        List<String> line = new ArrayList<>(command);
        if (sudo) {
            line.addAll(List.of("sudo", "-n"));
        }
        line.addAll(words);
        try {
            Path errors = Files.createTempFile("knit-ssh", ".err");
            try {
                ProcessBuilder builder = new ProcessBuilder(line).redirectError(errors.toFile());
                if (file != null) {
                    builder.redirectInput(file.toFile());
                }
                Run run = run(builder, input, limit);
                String err = head(Files.newInputStream(errors));
                HostAnswer answer = HostAnswer.of(run.exit(), run.out(), err);
                requireReached(answer, run.late(), limit);
                return answer;
            } finally {
                Files.delete(errors);
            }
        } catch (IOException e) {
            throw new NotDone(
                    Exit.FAILED, "ssh can't be run: " + e.getMessage() + "; see that it works alone", List.of());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NotDone(Exit.FAILED, "interrupted", List.of());
        }
    }

    private record Run(int exit, String out, boolean late) {}

    /** Scripts are smaller than what a pipe holds: writing one waits for nobody. */
    private static Run run(ProcessBuilder builder, byte[] input, Duration limit)
            throws IOException, InterruptedException {
        Process process = builder.start();
        AtomicBoolean late = new AtomicBoolean();
        CompletableFuture<Void> watch = CompletableFuture.runAsync(
                () -> {
                    late.set(process.isAlive());
                    process.destroyForcibly();
                },
                CompletableFuture.delayedExecutor(limit.toMillis(), TimeUnit.MILLISECONDS));
        try {
            try (OutputStream in = process.getOutputStream()) {
                in.write(input);
            } catch (IOException e) {
                // it ended before it read: its exit code says why
            }
            String out = head(process.getInputStream());
            return new Run(process.waitFor(), out, late.get());
        } finally {
            watch.cancel(false);
            process.destroyForcibly();
        }
    }

    /** The rest is read, too, lest who writes it waits. */
    private static String head(InputStream in) throws IOException {
        try (in) {
            byte[] head = in.readNBytes(MOST);
            in.transferTo(OutputStream.nullOutputStream());
            return new String(head, StandardCharsets.UTF_8);
        }
    }

    private void requireReached(HostAnswer answer, boolean late, Duration limit) {
        if (late) {
            throw new NotDone(
                    Exit.TIMED_OUT,
                    target + " did not end within " + limit.toSeconds()
                            + " s what it was to do; look at it there, and try again",
                    answer.last());
        }
        if (answer.exit() != OF_SSH) {
            return;
        }
        String said = String.join("\n", answer.lines());
        if (said.contains("ost key verification failed")) {
            throw new NotDone(
                    Exit.REFUSED,
                    "ssh does not know the key of " + target + "; connect once by hand and compare it: ssh " + target,
                    answer.last());
        }
        boolean stranger = said.contains("Permission denied") || said.contains("Too many authentication failures");
        throw stranger
                ? new NotDone(
                        Exit.REFUSED,
                        target + " does not let ssh in; have it know your key: ssh-copy-id " + target,
                        answer.last())
                : new NotDone(
                        Exit.UNREACHABLE,
                        target + " can't be reached over ssh; see that this works: ssh " + target,
                        answer.last());
    }
}
