package io.knit.core.agent.port;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.PortBinding;
import io.knit.api.spi.loop.Loop;
import io.knit.core.wire.PlainText;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Says which program of this host has a port that a container can't have. It is looked for only when one was refused, and goes over so many
 * open files at most; where the agent may not see whose a socket is, the user's name has to do.
 */
public final class PortOwners {
    private static final String IN_USE = " is already in use on the node";
    private static final int MOST_PROCESSES = 20_000;
    private static final int MOST_FILES = 200_000;
    private static final int LONGEST_NAME = 40;

    private final Path proc;
    private final Path users;

    /** @param root the host's, {@code /} */
    public PortOwners(Path root) {
        this.proc = root.resolve("proc");
        this.users = root.resolve("etc").resolve("passwd");
    }

    /**
     * A failure, with the name of who has the port where that is why.
     *
     * @param ports that were asked for; the failure says which it is
     */
    public <T> Future<T> named(Loop loop, List<PortBinding> ports, Throwable why) {
        String words = why.getMessage();
        if (!(why instanceof KnitException known)
                || known.code() != ErrorCode.PORT_IN_USE
                || words == null
                || !words.contains(IN_USE + ";")) {
            return Future.failedFuture(why);
        }
        return loop.blocking(() -> owner(ports, words)).otherwise("").compose(owner -> {
            String said = owner.isEmpty() ? words : words.replace(IN_USE + ";", IN_USE + " by " + owner + ";");
            return Future.failedFuture(new KnitException(ErrorCode.PORT_IN_USE, said, why));
        });
    }

    /** In words; empty: it is not known. */
    private String owner(List<PortBinding> ports, String words) throws IOException {
        for (PortBinding port : ports) {
            if (words.contains(":" + port.hostPort() + IN_USE)) {
                String owner = owner(port);
                if (!owner.isEmpty()) {
                    return owner;
                }
            }
        }
        return "";
    }

    String owner(PortBinding port) throws IOException {
        Map<String, String> sockets =
                new ListeningSockets(proc.resolve("net")).at(port.hostIp(), port.hostPort(), port.protocol());
        if (sockets.isEmpty()) {
            return "";
        }
        Set<String> links = new HashSet<>();
        sockets.keySet().forEach(inode -> links.add("socket:[" + inode + "]"));
        String process = process(links);
        return process.isEmpty()
                ? "a process of user " + user(sockets.values().iterator().next())
                : process;
    }

    private String process(Set<String> links) throws IOException {
        int processes = 0;
        int files = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(proc, "[1-9]*")) {
            for (Path process : all) {
                if (++processes > MOST_PROCESSES || files > MOST_FILES) {
                    return "";
                }
                int seen = has(process, links, MOST_FILES - files);
                if (seen < 0) {
                    return name(process);
                }
                files += seen;
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return "";
    }

    /** Negative: it has one of them; else how many files were looked at. One that has ended meanwhile, or is somebody else's, has none. */
    private static int has(Path process, Set<String> links, int most) {
        int seen = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : all) {
                if (links.contains(target(file))) {
                    return -1;
                }
                if (++seen > most) {
                    return seen;
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return seen;
        }
        return seen;
    }

    /** Empty where it was closed meanwhile. */
    private static String target(Path file) {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (IOException e) {
            return "";
        }
    }

    /** A program calls itself what it likes. */
    private static String name(Path process) {
        String id = String.valueOf(process.getFileName());
        String name;
        try (Stream<String> lines = Files.lines(process.resolve("comm"))) {
            name = lines.findFirst().orElse("").strip();
        } catch (IOException | RuntimeException e) {
            name = "";
        }
        return name.isEmpty() ? "process " + id : PlainText.of(name, LONGEST_NAME) + " (process " + id + ")";
    }

    private String user(String id) {
        try (Stream<String> lines = Files.lines(users)) {
            return lines.limit(MOST_PROCESSES)
                    .map(line -> line.split(":", 4))
                    .filter(fields -> fields.length > 2 && fields[2].equals(id))
                    .findFirst()
                    .map(fields -> PlainText.of(fields[0], LONGEST_NAME))
                    .orElse(id);
        } catch (IOException | RuntimeException e) {
            return id;
        }
    }
}
