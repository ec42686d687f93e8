package io.knit.core.plugin;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.stream.Stream;

/**
 * The plugins in the jars of a folder, beside those of the host. Each jar has a class loader of its own: it may bring what
 * libraries it likes, in whatever versions, and sees of the host only what an SPI speaks of. To give to a builder's
 * {@code plugins(…)}, for which it is a class loader like the host's own. Immutable.
 */
public final class PluginFolder extends ClassLoader {
    private static final String API = "io.knit.api.";

    /** What a plugin and Knit must have in common: the SPIs and the types in them, and what they log and read JSON with. */
    private static final List<String> SHARED =
            List.of(API, "io.vertx.", "io.netty.", "org.slf4j.", "com.fasterxml.jackson.", "org.jspecify.");

    private final List<ClassLoader> jars;

    private PluginFolder(ClassLoader host, List<ClassLoader> jars) {
        super(host);
        this.jars = List.copyOf(jars);
    }

    /**
     * @param host where Knit itself is
     * @throws KnitException with {@code PLUGIN_FAILED} if the folder can't be read
     */
    public static PluginFolder open(Path folder, ClassLoader host) {
        List<ClassLoader> jars = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path jar : files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList()) {
                jars.add(new Jar(jar.toAbsolutePath(), host));
            }
        } catch (IOException e) {
            throw new KnitException(
                    ErrorCode.PLUGIN_FAILED,
                    "the folder of plugins " + folder + " can't be read; give one that is there: " + e.getMessage(),
                    e);
        }
        return new PluginFolder(host, jars);
    }

    /** A loader for each jar, by file name. */
    List<ClassLoader> jars() {
        return jars;
    }

    /** Its own jar first: a library of the host's must not stand in for the plugin's, nor a plugin of the host's be found twice. */
    private static final class Jar extends URLClassLoader {
        private final ClassLoader host;

        Jar(Path jar, ClassLoader host) throws MalformedURLException {
            super(jar.getFileName().toString(), new URL[] {jar.toUri().toURL()}, getPlatformClassLoader());
            this.host = host;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> known = findLoadedClass(name);
                if (known != null) {
                    return known;
                }
                if (SHARED.stream().anyMatch(name::startsWith)) {
                    return shared(name);
                }
                try {
                    return findClass(name);
                } catch (ClassNotFoundException e) {
                    return super.loadClass(name, resolve);
                }
            }
        }

        /** The host's; a library of that family which the host has not, as a client of Vert.x' for a database, is the plugin's own. */
        private Class<?> shared(String name) throws ClassNotFoundException {
            try {
                return host.loadClass(name);
            } catch (ClassNotFoundException e) {
                if (name.startsWith(API)) {
                    throw e;
                }
                return findClass(name);
            }
        }

        @Override
        public URL getResource(String name) {
            URL own = findResource(name);
            return own != null ? own : super.getResource(name);
        }

        @Override
        public Enumeration<URL> getResources(String name) throws IOException {
            return findResources(name);
        }
    }
}
