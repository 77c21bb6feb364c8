/* SPDX-License-Identifier: MIT */
#pragma once
#include "freertos/FreeRTOS.h"
typedef struct fake_task *TaskHandle_t;
typedef void (*TaskFunction_t)(void *);
BaseType_t xTaskCreate(TaskFunction_t function, const char *name, uint32_t stack, void *arg,
		       UBaseType_t priority, TaskHandle_t *handle);
void vTaskDelay(TickType_t ticks);
