# SPDX-License-Identifier: Apache-2.0
# What "make deb" packs, and how; CPack makes the package of what a build installs.
include(GNUInstallDirs)

install(FILES deploy/systemd/packetdrop-exporter.service DESTINATION lib/systemd/system)
install(FILES deploy/systemd/packetdrop-exporter.default DESTINATION /etc/default RENAME packetdrop-exporter)
install(FILES deploy/debian/copyright DESTINATION share/doc/packetdrop-exporter)
install(DIRECTORY deploy/prometheus/rules deploy/prometheus/runbooks DESTINATION share/packetdrop-exporter/prometheus)
# Without .lint, which says what a linter of dashboards may pass over.
install(DIRECTORY grafana/dashboards grafana/alerting DESTINATION share/packetdrop-exporter/grafana
        PATTERN .lint EXCLUDE)
# deploy/debian/build makes these from the documents, --help, the version and the linked libraries.
install(DIRECTORY ${PROJECT_BINARY_DIR}/debian/documents/ DESTINATION share/doc/packetdrop-exporter)
install(FILES ${PROJECT_BINARY_DIR}/debian/sbom.cdx.json DESTINATION share/doc/packetdrop-exporter)
install(FILES ${PROJECT_BINARY_DIR}/debian/packetdrop_exporter.1.gz DESTINATION share/man/man1)
install(FILES ${PROJECT_BINARY_DIR}/debian/drop-packet.5.gz DESTINATION share/man/man5)
install(FILES ${PROJECT_BINARY_DIR}/debian/changelog.Debian.gz DESTINATION share/doc/packetdrop-exporter)

file(WRITE ${PROJECT_BINARY_DIR}/debian/conffiles "/etc/default/packetdrop-exporter\n")
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME packetdrop-exporter)
set(CPACK_PACKAGE_CONTACT "packetdrop-exporter maintainers <packetdrop-exporter@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "packets and drops of the network path, for Prometheus")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
    GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_OUTPUT_FILE_PREFIX ${PROJECT_BINARY_DIR})
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_HOMEPAGE "${PACKETDROP_REPOSITORY}")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "init-system-helpers (>= 1.52)")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "prometheus")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"It counts every packet at six stages of the kernel's network path, and every
drop by reason and function, inside the kernel, with BPF or a module, and
serves both to Prometheus over HTTP. Rules, alerts, runbooks and dashboards
are in /usr/share/packetdrop-exporter.")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    "${PROJECT_SOURCE_DIR}/deploy/debian/postinst;${PROJECT_SOURCE_DIR}/deploy/debian/prerm;${PROJECT_SOURCE_DIR}/deploy/debian/postrm;${PROJECT_BINARY_DIR}/debian/conffiles")
include(CPack)
