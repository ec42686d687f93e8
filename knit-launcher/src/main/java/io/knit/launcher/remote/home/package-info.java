/**
 * What belongs to who types: takes words and files of theirs, gives the clusters they know ({@code Contexts}), a first file, the dashboard's address. Only
 * {@code open} needs to know a server, and none of them needs one that answers.
 */
@NullMarked
package io.knit.launcher.remote.home;

import org.jspecify.annotations.NullMarked;
