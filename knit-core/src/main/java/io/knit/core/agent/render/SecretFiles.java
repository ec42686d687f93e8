package io.knit.core.agent.render;

import io.knit.api.command.Value;
import io.knit.api.model.SecretMount;
import io.knit.api.spi.runtime.FileMount;
import io.knit.core.agent.disk.DurableFile;
import io.knit.core.agent.disk.FileRights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Secrets of instances as files in the host's memory: {@code <folder>/<instance>/<n>}. They are on no disk, and gone when the host starts anew; whoever starts a container writes them
 * again. Every method blocks.
 */
public final class SecretFiles {
    private static final Set<PosixFilePermission> ONLY_WRITE = EnumSet.of(PosixFilePermission.OWNER_WRITE);

    private final SecretMemory memory;

    public SecretFiles(SecretMemory memory) {
        this.memory = memory;
    }

    /** Writes them, replacing what is there. */
    public List<FileMount> write(String instance, List<SecretMount> secrets, OpenedValues values) throws IOException {
        if (secrets.isEmpty()) {
            return List.of();
        }
        DurableFile.makeFolder(InstanceFolders.of(memory.folder(), instance));
        for (int i = 0; i < secrets.size(); i++) {
            SecretMount secret = secrets.get(i);
            write(file(instance, i), secret, values.get(Value.Kind.SECRET, secret.name()));
        }
        return present(instance, secrets);
    }

    /** As they were written. */
    List<FileMount> present(String instance, List<SecretMount> secrets) throws IOException {
        List<FileMount> mounts = new ArrayList<>();
        for (SecretMount secret : secrets) {
            Path file = file(instance, mounts.size());
            mounts.add(new FileMount(file.toAbsolutePath().toString(), secret.path()));
        }
        return mounts;
    }

    private Path file(String instance, int index) throws IOException {
        return InstanceFolders.of(memory.folder(), instance).resolve(Integer.toString(index + 1));
    }

    /** In place: a container that has the file mounted sees no other. The folder is the agent's alone, so that nobody reads it meanwhile. */
    private static void write(Path file, SecretMount secret, Value.Content content) throws IOException {
        if (FileRights.isKnown(file) && Files.exists(file)) {
            Files.setPosixFilePermissions(file, ONLY_WRITE);
        }
        Files.write(file, content.bytes());
        FileRights.give(file, secret.mode(), secret.uid(), secret.gid());
    }

    /** Deletes those of an instance. */
    public void delete(String instance) throws IOException {
        Optional<Path> folder = memory.present();
        if (folder.isPresent()) {
            InstanceFolders.delete(folder.get(), instance);
        }
    }

    /** Deletes those of all instances but these. */
    public void deleteAllBut(Set<String> instances) throws IOException {
        Optional<Path> folder = memory.present();
        if (folder.isPresent()) {
            InstanceFolders.deleteAllBut(folder.get(), instances);
        }
    }
}
