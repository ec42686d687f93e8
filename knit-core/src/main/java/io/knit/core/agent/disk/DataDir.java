package io.knit.core.agent.disk;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.NodeId;
import io.knit.core.wire.SpecBlob;
import io.knit.core.wire.WireCodec;
import io.knit.core.wire.seal.SealKey;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardOpenOption;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An agent's data folder, locked against a second agent: {@code agent.json} (who it is), {@code assignments.json} (its last
 * assignment set) and {@code specs} and {@code values} (what that names, with secrets), {@code agent.key} (by which its secrets open), {@code mesh-ip} (the host's address on the mesh), {@code agent.lock}. Every method blocks; one call at a time.
 */
public final class DataDir {
    private static final Logger LOG = LoggerFactory.getLogger(DataDir.class);
    private static final String IDENTITY = "agent.json";
    private static final String KEY = "agent.key";
    /** What a new agent writes is smaller. */
    private static final int ROOM = 16 * 1024;

    private static final String ASSIGNMENTS = "assignments.json";
    /** Is there when the folder's node went to a copy of it. */
    private static final String GIVEN_UP = "given-up";

    private final Path folder;
    private final FileChannel channel;
    private final KeptSpecs specs;
    private final KeptValues values;

    private DataDir(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
        this.specs = new KeptSpecs(folder);
        this.values = new KeptValues(folder);
    }

    /**
     * A node id from the settings.
     *
     * @throws KnitException with {@code INVALID_CONFIGURATION} if it can't be one
     */
    public static String requireNodeId(String wish) {
        if (!NodeId.isValid(wish)) {
            throw invalid("node-id is \"" + wish
                    + "\"; give a DNS label: 1 to 63 of a-z, 0-9 and -, with a letter or digit first and last");
        }
        return wish;
    }

    /**
     * Makes the folder if it is not there, and locks it.
     *
     * @throws KnitException with {@code IN_USE} if another agent holds it
     */
    public static DataDir lock(Path folder) throws IOException {
        DurableFile.makeFolder(folder);
        FileChannel channel = FileChannel.open(
                folder.resolve("agent.lock"), Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE));
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new DataDir(folder, channel);
            }
        } catch (OverlappingFileLockException e) {
            // held within this JVM
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new KnitException(
                ErrorCode.IN_USE,
                "another agent runs with the data folder " + folder
                        + "; stop it, or give this one a folder of its own");
    }

    /**
     * Refuses a folder whose agent was displaced by that of a copy: started anew it would be the newer one again, and both would displace
     * each other, and what they run, for ever.
     *
     * @throws KnitException with {@code NODE_ID_TAKEN}
     */
    public void requireNotGivenUp() throws IOException {
        Path mark = folder.resolve(GIVEN_UP);
        if (Files.exists(mark)) {
            AgentIdentity kept = kept();
            String node = kept == null ? "its node" : "node \"" + kept.node() + "\"";
            throw new KnitException(
                    ErrorCode.NODE_ID_TAKEN,
                    "the data folder " + folder + " was copied, and the agent of the copy is " + node
                            + " now, on another engine. To have this host as a node of its own, start the agent with an empty data"
                            + " folder. To have it be " + node + " again, stop the other agent for good and remove "
                            + mark);
        }
    }

    /** The node is another agent's from now on: forgets what was assigned, and sees to it that no agent starts with this folder. */
    public void giveUp(Displaced to) throws IOException {
        dropAssignments();
        specs.drop(List.of());
        values.drop(List.of());
        DurableFile.writeSecret(folder.resolve(GIVEN_UP), WireCodec.encode(to));
    }

    /** Gives the folder back. May be called more than once. */
    public void unlock() throws IOException {
        channel.close();
    }

    /**
     * Who an agent is.
     *
     * @param trouble why that could not be kept, or empty: it is
     */
    public record Identified(AgentIdentity identity, String trouble) {}

    /**
     * Who this agent is: as kept, or made now; with a session higher than all that were kept. One that is as kept, but for its session, is
     * used though it can't be written: that is no reason to leave what runs alone. Then it does not go by the clock: if that is set back before
     * the next start, nothing would be left by which that could go beyond it, and the server would end it as an older copy.
     *
     * @param wish the node id from the settings, or null: as kept, or {@code fresh}'s
     * @param fresh what a new agent becomes; its session is the time of day in milliseconds
     */
    public Identified identify(@Nullable String wish, AgentIdentity fresh) throws IOException {
        if (wish != null) {
            requireNodeId(wish);
        }
        AgentIdentity kept = kept();
        AgentIdentity next = kept == null
                ? new AgentIdentity(wish == null ? fresh.node() : wish, fresh.identity(), null, fresh.session())
                : started(kept, wish, fresh.session());
        try {
            save(next);
            return new Identified(next, "");
        } catch (IOException e) {
            if (kept != null && kept.node().equals(next.node())) {
                return new Identified(kept.withSession(kept.session() + 1), e.toString());
            }
            throw e;
        }
    }

    /**
     * By which opens what servers seal for this agent: as kept, or made now. One that could not be kept is used all the same; the next start asks the server for all that was sealed by it.
     *
     * @param chance of which one is made
     */
    public SealKey key(String chance) {
        Path file = folder.resolve(KEY);
        try {
            if (Files.exists(file)) {
                return SealKey.of(
                        Base64.getDecoder().decode(Files.readString(file).strip()));
            }
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("{} can't be read ({}); another key is made", file, e.toString());
        }
        SealKey made = SealKey.made(chance);
        try {
            values.drop(List.of());
            DurableFile.writeSecret(
                    file, Base64.getEncoder().encodeToString(made.secret()).getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            LOG.warn("{} can't be written: {}", file, e.toString());
        }
        return made;
    }

    /** Fails where a new agent could not keep who it is. One that is not new needs no room to start. */
    public static void requireRoom(Path folder) throws IOException {
        if (!Files.exists(folder.resolve(IDENTITY))) {
            DurableFile.makeFolder(folder);
            Path probe = folder.resolve("agent.probe");
            DurableFile.writeSecret(probe, new byte[ROOM]);
            Files.deleteIfExists(probe);
        }
    }

    /** Whether a folder that could not be written may be so later without anybody's doing: a full disk, not a wrong path. */
    public static boolean mayHeal(Throwable why) {
        boolean wrong = why instanceof AccessDeniedException
                || why instanceof NotDirectoryException
                || why instanceof FileAlreadyExistsException
                || why instanceof ReadOnlyFileSystemException
                || (why instanceof FileSystemException reason
                        && String.valueOf(reason.getReason()).contains("Read-only"));
        return why instanceof IOException && !wrong;
    }

    private AgentIdentity started(AgentIdentity kept, @Nullable String wish, long now) throws IOException {
        String node = kept.node();
        if (wish != null && !wish.equals(node)) {
            int count = assignments().assignments().size();
            if (count > 0) {
                throw invalid(
                        "node-id is \"" + wish + "\", but the data folder " + folder + " belongs to node \"" + node
                                + "\", which has " + count + " instance(s) assigned; start it as \"" + node
                                + "\", or undeploy them first, or use another data folder");
            }
            Files.deleteIfExists(folder.resolve(ASSIGNMENTS));
            node = wish;
        }
        AgentIdentity same = new AgentIdentity(node, kept.identity(), kept.cluster(), kept.session());
        return same.withSession(Math.max(now, kept.session() + 1));
    }

    /** The node id that a folder belongs to, or null if none does yet; without locking it. */
    public static @Nullable String nodeOf(Path folder) throws IOException {
        AgentIdentity kept = kept(folder);
        return kept == null ? null : kept.node();
    }

    private @Nullable AgentIdentity kept() throws IOException {
        return kept(folder);
    }

    private static @Nullable AgentIdentity kept(Path folder) throws IOException {
        Path file = folder.resolve(IDENTITY);
        if (!Files.exists(file)) {
            return null;
        }
        try {
            AgentIdentity kept = WireCodec.decode(Files.readAllBytes(file), AgentIdentity.class);
            if (kept.isWhole()) {
                return kept;
            }
        } catch (KnitException e) {
            // said below, with what to do
        }
        throw invalid(file + " can't be read; put back a copy of it, or remove the data folder to begin as a new node");
    }

    void save(AgentIdentity identity) throws IOException {
        DurableFile.writeSecret(folder.resolve(IDENTITY), WireCodec.encode(identity));
    }

    /** The last set that was kept; {@link AssignmentSet#NONE} if there is none or it can't be read. */
    public AssignmentSet assignments() throws IOException {
        Path file = folder.resolve(ASSIGNMENTS);
        if (!Files.exists(file)) {
            return AssignmentSet.NONE;
        }
        try {
            Kept kept = WireCodec.decode(Files.readAllBytes(file), Kept.class);
            if (Assignments.areWhole(kept.assignments())) {
                Optional<List<Assignment>> read = specs.resolved(kept.assignments());
                return (read.isPresent() ? values.resolved(read.get()) : read)
                        .map(whole -> AssignmentSet.of(kept.revision(), whole, List.of(), kept.digest()))
                        .orElse(AssignmentSet.NONE);
            }
        } catch (KnitException e) {
            // the server has it too
        }
        return AssignmentSet.NONE;
    }

    /**
     * Replaces the set that was kept.
     *
     * @param fresh specs that came with it
     */
    void save(AssignmentSet set, Map<String, SpecBlob> fresh) throws IOException {
        // what is not kept, or not readable before the agent is a later one, is asked for at the next start
        String digest = set.prepare().isEmpty() && set.removals().isEmpty() && set.isReadable() ? set.digest() : "";
        // first what the set names, and only when that is in force away with what it does not
        values.keep(set.assignments().values());
        Kept kept = new Kept(set.revision(), specs.keep(set.assignments().values(), fresh), digest);
        DurableFile.writeSecret(folder.resolve(ASSIGNMENTS), WireCodec.encode(kept));
        specs.drop(kept.assignments());
        values.drop(kept.assignments());
    }

    /** Forgets the set that was kept; a failure leaves it there. */
    void dropAssignments() {
        try {
            Files.deleteIfExists(folder.resolve(ASSIGNMENTS));
        } catch (IOException e) {
            // a disk that is not even to be deleted from: the next start asks the server before it removes anything
        }
    }

    private static KnitException invalid(String message) {
        return new KnitException(ErrorCode.INVALID_CONFIGURATION, message);
    }

    /**
     * Without the assignments it is not the set of a node that has none, but no set.
     *
     * @param digest null: the first release kept none
     */
    private record Kept(
            long revision,
            @JsonProperty(required = true) List<Assignment> assignments,
            @Nullable String digest) {}
}
