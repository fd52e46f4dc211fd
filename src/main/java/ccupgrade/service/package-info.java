/**
 * Whoever runs the service, and all processes that ccupgrade starts or ends.
 *
 * <p>{@link ccupgrade.service.Service} is the one small interface for a manager of services: the built-in supervisor, systemd, or
 * commands of the administrator's. {@link ccupgrade.service.Health} says whether what was started is what was meant and stays well.
 * {@link ccupgrade.service.CommandRunner} runs a migration to its end.
 *
 * <p>A number alone never identifies a process. What is ended here is proved to be ours first, either by number, start time and boot
 * together, or by a marker in the environment that it was started with. The marker is inherited, so that it also finds what a service
 * or a migration left behind, and it is there from the first instant, so that a crash of ccupgrade between starting a process and
 * writing down its number loses nothing.
 *
 * <p>Limits of time are counted on the monotonic clock; only what is shown to a reader comes from the injected one.
 *
 * <p>Linux only. Knows {@link ccupgrade.disk}, {@link ccupgrade.config} and {@link ccupgrade.fault}, and none of its siblings.
 */
@NullMarked
package ccupgrade.service;

import org.jspecify.annotations.NullMarked;
