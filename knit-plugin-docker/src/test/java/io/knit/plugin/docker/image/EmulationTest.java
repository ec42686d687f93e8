package io.knit.plugin.docker.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read from the kernel's files of emulators. */
class EmulationTest {
    private static final String QEMU = "enabled\ninterpreter /usr/bin/qemu-aarch64-static\nflags: OCF\noffset 0\n"
            + "magic 7f454c460201010000000000000000000200b700\nmask ffffffffffffff00fffffffffffffffffeffffff\n";

    @TempDir
    private Path folder;

    private boolean isAbsent() {
        return new Emulation(folder).isAbsent();
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    @Test
    void nothingIsSureWhereNothingIsToBeSeen() throws IOException {
        assertThat(isAbsent()).isFalse();
        write("status", "what nobody knows");
        assertThat(isAbsent()).isFalse();
        assertThat(new Emulation(folder.resolve("none")).isAbsent()).isFalse();
    }

    @Test
    void anEmulatorCountsWhileItIsOn() throws IOException {
        write("status", "enabled\n");
        write("register", "");
        assertThat(isAbsent()).isTrue();
        write("python3.11", "enabled\ninterpreter /usr/bin/python3.11\nflags: \noffset 0\nmagic a70d0d0a\n");
        assertThat(isAbsent()).isTrue();
        write("qemu-aarch64", QEMU.replace("enabled", "disabled"));
        assertThat(isAbsent()).isTrue();
        write("qemu-aarch64", QEMU);
        assertThat(isAbsent()).isFalse();
        write("status", "disabled\n");
        assertThat(isAbsent()).isTrue();
    }
}
