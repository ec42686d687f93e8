package io.knit.core.agent;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.agent.disk.AgentIdentity;
import io.knit.core.agent.disk.DataDir;
import io.knit.core.agent.disk.KeptInstance;
import io.knit.core.agent.disk.KeptInstances;
import io.knit.core.agent.run.InstanceRunner;
import io.knit.core.agent.session.KeptMeshIp;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.seal.SealKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An opened data folder and what was in it.
 *
 * @param instances what is remembered of some of them
 * @param key by which opens what servers seal for this agent
 * @param meshIp the host's address on the mesh as it was last known; null: it was not
 * @param trouble why it can't be written now, or empty: it can
 */
record AgentHome(
        DataDir dataDir,
        AgentIdentity identity,
        AssignmentSet assignments,
        List<KeptInstance> instances,
        SealKey key,
        @Nullable String meshIp,
        String trouble) {
    private static final Logger LOG = LoggerFactory.getLogger(AgentHome.class);

    /**
     * Locks the folder, reads it, and deletes the files of instances that are not this node's any more. Blocks.
     *
     * @param chance at least 50 of {@code a-z 0-9}, by chance, for a new agent's key
     * @throws KnitException with {@code IN_USE}, {@code NODE_ID_TAKEN} or {@code INVALID_CONFIGURATION}; the folder is then not locked
     */
    static AgentHome open(Path folder, @Nullable String nodeId, AgentIdentity fresh, String chance) {
        try {
            DataDir dataDir = DataDir.lock(folder);
            try {
                dataDir.requireNotGivenUp();
                DataDir.Identified who = dataDir.identify(nodeId, fresh);
                AgentIdentity identity = who.identity();
                SealKey key = dataDir.key(chance);
                AssignmentSet set = identity.cluster() == null ? AssignmentSet.NONE : dataDir.assignments();
                if (set.known()) {
                    deleteLeftovers(folder, set);
                }
                return new AgentHome(
                        dataDir,
                        identity,
                        set,
                        KeptInstances.read(folder),
                        key,
                        KeptMeshIp.read(folder),
                        who.trouble());
            } catch (IOException | RuntimeException e) {
                dataDir.unlock();
                throw e;
            }
        } catch (IOException e) {
            throw new KnitException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "the data folder " + folder + " can't be used (" + e + "); give one that this user may write to",
                    e);
        }
    }

    private static void deleteLeftovers(Path folder, AssignmentSet set) {
        try {
            InstanceRunner.deleteLeftovers(folder, set);
        } catch (IOException e) {
            LOG.warn("rendered files of what is not here any more can't be deleted: {}", e.toString());
        }
    }
}
