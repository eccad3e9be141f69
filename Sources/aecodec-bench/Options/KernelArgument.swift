// SPDX-License-Identifier: Apache-2.0
public import AECodec
public import ArgumentParser

extension KernelChoice: ExpressibleByArgument {}
